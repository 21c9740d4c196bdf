const error = new Error('not sent');
error.cause = { error };
error.self = error;
ld.log(error);
return null;
