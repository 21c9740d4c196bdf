const outcome = (work) => {
  try {
    return work();
  } catch (error) {
    return [error instanceof RangeError, error.message];
  }
};
const nested = (levels) => {
  let list = [];
  for (let level = 1; level < levels; level++) list = level % 2 ? { list } : [list];
  return list;
};
// JSON within JSON has no less to work with than the outermost.
class Copied {
  constructor(inner) {
    this.inner = inner;
  }
  toJSON() {
    return JSON.parse(JSON.stringify({ ...this }));
  }
}
let copied = 'inside';
for (let level = 0; level < 8; level++) copied = new Copied(copied);
const down = (levels, work) => (levels > 0 ? down(levels - 1, work) : work());
return {
  stringify: outcome(() => JSON.stringify(nested(100000))),
  indented: outcome(() => JSON.stringify(nested(100000), null, 2)),
  parse: outcome(() => JSON.parse('['.repeat(100000))),
  enough: outcome(() => JSON.parse(JSON.stringify(nested(2000))).list.length),
  inCalls: outcome(() => down(500, () => JSON.stringify(nested(1000)).length)),
  copied: JSON.stringify(copied).length,
  after: outcome(() => down(900, () => 'there is as much stack as before')),
  arguments: [JSON.stringify.length, JSON.parse.length, JSON.stringify({ a: 1, b: 2 }, ['a'], '-'), JSON.parse('[1]', (key, value) => (key ? value + 1 : value))],
  nothing: JSON.stringify(undefined) === undefined,
};
