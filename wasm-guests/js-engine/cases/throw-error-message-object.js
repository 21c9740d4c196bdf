const error = new TypeError();
error.message = { code: 'E1' };
throw error;
