const rejected = [new TypeError('no items'), 'busy', { status: 500 }];
ld.log(new AggregateError(rejected, 'both mirrors'));
await Promise.any(rejected.map((reason) => Promise.reject(reason)));
