const copy = structuredClone(JSON.parse('{"__proto__": {"a": 1}, "b": 2}'));
const error = new Error('x', { cause: { because: [1] } });
error.cause.error = error;
const cloned = structuredClone(error);
return [copy.a === undefined, Object.keys(copy), cloned.message, cloned.cause.because, cloned.cause.error === cloned, 'cause' in structuredClone(new Error('y'))];
