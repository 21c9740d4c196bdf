// Starts an action and turns what it returns into JSON.
(function (host, kit) {
  'use strict';

  // Makes code from text, or shares memory: neither is for scripts. `Function` stays, as the parent of all functions
  // that libraries look for; calling it throws.
  delete globalThis.eval;
  delete globalThis.SharedArrayBuffer;

  // Libraries look for the global object by these names, and make code from text where there is neither.
  kit.define(globalThis, 'global', globalThis);
  kit.define(globalThis, 'self', globalThis);

  const { parse, stringify } = JSON;

  // A file's bytes under `buffer` become Base64 text: listing every byte as a number would be four times as long.
  function packed(file) {
    if (file === null || typeof file !== 'object' || ArrayBuffer.isView(file)) return file;
    const bytes = kit.bytes(file.buffer);
    return bytes === undefined ? file : { ...file, buffer: host.decode(bytes, 'base64') };
  }

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

  // JSON, or nothing where nothing that JSON can say was returned.
  function finish(result) {
    if (result === undefined || typeof result === 'function') return '';
    let whole = result;
    if (result !== null && typeof result === 'object' && typeof result.toJSON !== 'function') {
      whole = packed(result);
      if (Array.isArray(result.files)) whole = { ...whole, files: result.files.map(packed) };
      else if (result.files) whole = { ...whole, files: packed(result.files) };
    }
    return stringify(whole) ?? '';
  }

  return async function start(factory, text, aliases) {
    const data = parse(text);
    const env = data.env ?? {};
    delete data.env;
    for (const name of Object.keys(data.input ?? {})) addBinary(data.input[name]);
    if (aliases) kit.addAliases(data);
    return finish(await factory(data, kit.ld, env)());
  };
});
