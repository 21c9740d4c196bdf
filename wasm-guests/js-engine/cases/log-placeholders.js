console.log('%s is %d years and %i%% of %j', 'Bob', '5', 2.5, { a: 1 }, 'more');
console.warn('%cred', 'color: red');
console.log('100% of %s');
console.log('%d', Symbol('s'));
console.log('%s and %s', 1);
console.error({ a: '%s' }, 1);
ld.log('%s', 1);
