// What code that logs `error.stack` finds there.
const first = (error) => error.stack.split('\n')[0];
const seen = {};

function fail() {
  throw new TypeError('no title');
}
try {
  fail();
} catch (error) {
  seen.whole = error.stack;
  seen.listed = [Object.keys(error).length, JSON.stringify(error)];
}
try {
  null.x;
} catch (error) {
  seen.engine = first(error).startsWith('TypeError: ');
}
try {
  await ld.request({ url: 'https://api.example.com/' });
} catch (error) {
  seen.request = error.stack;
}

class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}
seen.child = first(new ApiError('refused', 403));
seen.bare = [first(new Error()), first(new RangeError(''))];
seen.lines = new Error('two\nlines').stack.split('\n').slice(0, 2);

// Made when it is first read, and kept.
const late = new Error('before');
late.message = 'meanwhile';
seen.late = [first(late)];
late.message = 'after';
seen.late.push(first(late));

const mine = new Error('mine');
mine.stack += '\n    and more';
seen.mine = mine.stack.endsWith('\n    and more');
mine.stack = 42;
seen.number = mine.stack;

function Legacy(message) {
  this.message = message;
  Error.captureStackTrace(this, Legacy);
}
Legacy.prototype = Object.create(Error.prototype);
Legacy.prototype.name = 'Legacy';
seen.legacy = new Legacy('old style').stack;
const plain = {};
Error.captureStackTrace(plain);
seen.plain = plain.stack;
seen.frozen = first(Object.freeze(new Error('cold')));

const hostile = new Error('unseen');
Object.defineProperty(hostile, 'message', { get() { throw new Error('again'); } });
seen.hostile = first(hostile);

Error.stackTraceLimit = 0;
seen.none = new Error('no frames').stack;
Error.stackTraceLimit = 10;
Error.prepareStackTrace = (error, sites) => `${error.message} in ${sites[0].getFunctionName()}`;
function named() {
  return new Error('prepared').stack;
}
seen.prepared = named();
return seen;
