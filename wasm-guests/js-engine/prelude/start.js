// Starts an action: what it is given, and what becomes of what it returns.
(function (host, kit) {
  'use strict';

  // Shares memory, which is not for scripts. What makes code from text stays, because libraries put `eval` and `Function`
  // into lists of what the language has; calling either throws.
  delete globalThis.SharedArrayBuffer;

  // Libraries look for the global object by these names, and make code from text where there is neither.
  kit.define(globalThis, 'global', globalThis);
  kit.define(globalThis, 'self', globalThis);

  const { parse } = JSON;

  // A file of the input also gives its bytes as `binary.data`, where code of other hosts looks for them. They are made
  // when they are asked for, and are not listed.
  const binary = {
    get() {
      return { data: Buffer.from(this.base64, 'base64') };
    },
    enumerable: false,
    configurable: true,
  };
  function addBinary(value) {
    for (const file of Array.isArray(value) ? value : [value]) {
      if (typeof file?.base64 === 'string' && !('binary' in file)) Object.defineProperty(file, 'binary', binary);
    }
  }

  return async function start(factory, text, aliases) {
    const data = parse(text);
    const env = data.env ?? {};
    delete data.env;
    for (const name of Object.keys(data.input ?? {})) addBinary(data.input[name]);
    if (aliases) kit.addAliases(data);
    return kit.finish(await factory(data, kit.ld, env)());
  };
});
