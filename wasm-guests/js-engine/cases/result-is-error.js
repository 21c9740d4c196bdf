const outcome = await Promise.reject(new RangeError('too far')).catch((error) => error);
return outcome;
