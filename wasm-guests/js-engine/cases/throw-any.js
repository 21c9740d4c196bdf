const a = 1;
return await Promise.any([
  Promise.reject(new Error('one')),
  Promise.reject(new TypeError('two')),
]);
