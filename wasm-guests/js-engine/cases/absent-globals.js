const names = [
  'process', 'require', 'fetch', 'SharedArrayBuffer', 'Atomics', 'inputs', 'secrets', 'lastPollTime', 'Intl',
  'module', 'Deno', 'WebAssembly', 'std', 'os', 'AbortController', 'AbortSignal', 'FormData', 'Blob', 'File',
  'FileReader', 'Request', 'Response', 'Headers', 'ReadableStream', 'WritableStream', 'TransformStream',
  'TextDecoderStream', 'TextEncoderStream', 'CompressionStream', 'DecompressionStream', 'URLPattern',
  'XMLHttpRequest', 'WebSocket', 'EventSource', 'Event', 'EventTarget', 'CustomEvent', 'Worker', 'MessageChannel',
  'BroadcastChannel', 'Temporal', 'localStorage', 'sessionStorage', 'indexedDB', 'navigator', 'window', 'document',
  '__dirname', '__filename',
];
const present = names.filter((name) => typeof globalThis[name] !== 'undefined');
const attempts = {
  constructor: () => new Function('return 1')(),
  evaluated: () => eval('1'),
  global: () => (0, eval)('1'),
  indirect: () => (() => {}).constructor('return 1')(),
  asynchronous: () => (async () => {}).constructor('return 1'),
  generator: () => (function* () {}).constructor('return 1'),
  timer: () => setTimeout('throw 1', 1),
};
const outcomes = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    attempt();
    outcomes[name] = 'worked';
  } catch (error) {
    outcomes[name] = error.name;
  }
}
let imported = 'worked';
try {
  await import('fs');
} catch (error) {
  imported = 'failed';
}
return { present, outcomes, imported, functions: (() => {}) instanceof Function };
