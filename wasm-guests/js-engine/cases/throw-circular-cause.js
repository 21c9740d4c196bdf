const error = new Error('not sent');
error.cause = { error };
error.self = error;
throw error;
