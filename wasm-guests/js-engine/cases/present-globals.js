const names = [
  'global', 'self', 'Buffer', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'atob', 'btoa', 'setTimeout',
  'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask', 'structuredClone',
  'crypto', 'performance', 'console', 'DOMException',
];
const missing = names.filter((name) => typeof globalThis[name] === 'undefined');
const order = [];
queueMicrotask(() => order.push('microtask'));
setTimeout(() => order.push('timer'), 1);
order.push('script');
await ld.wait(5);
return { missing, order, passes: performance.now() >= 0 };
