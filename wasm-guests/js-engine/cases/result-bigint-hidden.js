return { a: { toJSON: () => [1n] } };
