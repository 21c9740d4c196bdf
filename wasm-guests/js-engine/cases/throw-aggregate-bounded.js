const errors = Array.from({ length: 30 }, (_, n) => new Error(`${n} ${'x'.repeat(3)}`));
const failure = new AggregateError(errors, 'many');
failure.errors[0] = failure;
throw failure;
