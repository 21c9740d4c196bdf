// Far enough apart for a machine that is busy while the script begins.
const order = [];
setTimeout(() => order.push('b'), 600);
setTimeout((value) => order.push(value), 300, 'a');
const gone = setTimeout(() => order.push('gone'), 400);
clearTimeout(gone);
clearTimeout(undefined);
queueMicrotask(() => order.push('micro'));
setImmediate(() => order.push('soon'));
let ticks = 0;
await new Promise((resolve) => {
  const every = setInterval(() => {
    if (++ticks === 3) {
      clearInterval(every);
      resolve();
    }
  }, 250);
});
const waited = [];
setTimeout(() => waited.push('timer'), 15);
await ld.wait(20);
waited.push('wait');
await ld.wait(-5);
await ld.wait('x');
return [order, ticks, waited, typeof performance.now()];
