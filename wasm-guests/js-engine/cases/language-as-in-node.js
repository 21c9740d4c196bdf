const all = {};
const at = new Date(0);
all.dates = [String(at), `${at}`, at + 1, at.toString(), at.toTimeString(), at.toDateString(), String(new Date(NaN)), new Date(NaN).toTimeString()];
all.parsed = Date.parse(String(new Date(1700000001000)));
all.names = [Date.prototype.toString.name, Date.prototype.toString.length, Object.keys(Date.prototype), Promise.any.name, Promise.any.length];
try {
  Date.prototype.toString.call({});
} catch (error) {
  all.noDate = error.name;
}
const told = (error) => [error.name, error.message, String(error), error.stack.split('\n')[0], error.errors, Object.keys(error)];
all.any = await Promise.any([Promise.reject(1), Promise.reject(2)]).catch(told);
all.none = await Promise.any([]).catch(told);
all.noList = await Promise.any(5).catch((error) => [error.name, error.message !== 'All promises were rejected']);
all.iteration = await Promise.any({ [Symbol.iterator]() { throw new AggregateError([3]); } }).catch((error) => [error.message, error.errors]);
all.first = await Promise.any([Promise.reject(1), 2, Promise.resolve(3)]);
class Later extends Promise {}
const later = Later.any([Later.reject(1), Later.resolve(4)]);
all.later = [later instanceof Later, await later];
for (const receiver of [undefined, {}, () => 1]) {
  try {
    Promise.any.call(receiver, []);
  } catch (error) {
    (all.receivers ??= []).push(error.name);
  }
}
const order = [];
const one = Promise.any([Promise.resolve('any')]).then(() => order.push('any'));
const other = Promise.resolve().then(() => order.push('1')).then(() => order.push('2')).then(() => order.push('3')).then(() => order.push('4'));
await Promise.all([one, other]);
all.order = order;
all.made = new AggregateError([1]).message;
return all;
