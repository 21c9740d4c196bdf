// What an action returns, as JSON; and what is told of a result that JSON cannot say. Must never know how deep a result
// may be: the host decides that.
(function (host, kit) {
  'use strict';

  // Stands for a result that is too deep to be written down. It is deeper than the host reads, which says so.
  const tooDeep = () => '['.repeat(1000) + ']'.repeat(1000);

  // What the engine throws, without a frame of the author's, where it cannot go on.
  const isOwn = (error, message) => error?.message === message && kit.authorFrames(error.stack) === '';

  // A file's bytes under `buffer` become Base64 text: listing every byte as a number would be four times as long.
  function packed(file) {
    if (file === null || typeof file !== 'object' || ArrayBuffer.isView(file)) return file;
    // A response has a `buffer` as well, beside what it lists.
    const bytes = Object.hasOwn(file, 'buffer') ? kit.bytes(file.buffer) : undefined;
    return bytes === undefined ? file : { ...file, buffer: host.decode(bytes, 'base64') };
  }

  // Where the value at the end of `keys` stands, as a JSON Pointer.
  function shown(keys) {
    if (keys.length === 0) return 'the whole result';
    return `\`${keys.map((key) => `/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')}\``;
  }

  // No result that the host reads, and none that JSON was written of, is deeper; of more objects no place is told.
  const DEEPEST = 5000;
  const MOST_OBJECTS = 100000;
  const ENDLESS = Symbol('endless');

  // Where the first member stands that `isSought`, given the objects that it stands in. Each object is looked into once, in
  // the order of JSON, and none within another call: a circle may be long. `undefined` where there is none, as where only a
  // `toJSON` knows it; `ENDLESS` where objects are so deep within each other that getters may make them, one after another.
  function seek(result, isSought) {
    const [done, open] = [new Set(), new Set()];
    const frames = [];
    const enter = (value) => {
      open.add(value);
      frames.push({ value, keys: Object.keys(value), next: 0 });
    };
    const path = (count) => shown(frames.slice(0, count).map(({ keys, next }) => keys[next - 1]));
    enter(result);
    while (frames.length > 0) {
      const frame = frames.at(-1);
      if (frame.next === frame.keys.length) {
        open.delete(frame.value);
        done.add(frames.pop().value);
        continue;
      }
      const member = frame.value[frame.keys[frame.next++]];
      if (isSought(member, open)) {
        return { place: path(frames.length), above: () => path(frames.findIndex(({ value }) => value === member)) };
      }
      const isLookedInto =
        member !== null && typeof member === 'object' && typeof member.toJSON !== 'function' && !ArrayBuffer.isView(member);
      if (!isLookedInto || done.has(member) || open.has(member)) continue;
      if (frames.length === DEEPEST) return ENDLESS;
      if (done.size + open.size === MOST_OBJECTS) return undefined;
      enter(member);
    }
    return undefined;
  }

  const holdsItself = (member, open) => open.has(member);
  const isBigInt = (member) => typeof member === 'bigint';
  const isNever = () => false;

  function written(result, whole) {
    try {
      return host.stringify(whole);
    } catch (error) {
      if (error?.message === 'Maximum call stack size exceeded') {
        // A getter of the author's may be what had no stack left.
        if (isOwn(error, error.message) || seek(result, isNever) === ENDLESS) return tooDeep();
      }
      if (isOwn(error, 'circular reference')) {
        const found = seek(result, holdsItself);
        if (found === ENDLESS) return tooDeep();
        const place = found ? `: ${found.place} is ${found.above()} again` : '';
        throw new Error(`the result refers to itself${place}; JSON cannot say that, so return a copy without that reference`);
      }
      if (isOwn(error, 'BigInt are forbidden in JSON.stringify')) {
        const found = typeof result === 'bigint' ? { place: shown([]) } : seek(result, isBigInt);
        if (found === ENDLESS) return tooDeep();
        const what = found ? `${found.place} is a BigInt` : 'the result holds a BigInt';
        throw new Error(`${what}, and JSON has none: return String(value), or Number(value) where 53 bits are enough`);
      }
      throw error;
    }
  }

  // An Error has no members that JSON writes: in the place of a failure its message is what was meant.
  const isPlainError = (value) => value instanceof Error && typeof value.toJSON !== 'function';
  const said = ({ name, message }) => (message && name !== 'Error' ? `${name}: ${message}` : String(message || name));

  // JSON, or nothing where nothing was returned.
  kit.finish = function (result) {
    if (result === undefined) return '';
    if (isPlainError(result)) throw result;
    if (typeof result === 'function') {
      throw new Error('the result is a function, and JSON has none: call it, and return what it gives');
    }
    if (typeof result === 'symbol') {
      throw new Error('the result is a symbol, and JSON has none: return a text, e.g. its `description`');
    }
    let whole = result;
    if (result !== null && typeof result === 'object' && typeof result.toJSON !== 'function') {
      whole = packed(result);
      if (Array.isArray(result.files)) whole = { ...whole, files: result.files.map(packed) };
      else if (result.files) whole = { ...whole, files: packed(result.files) };
      if (isPlainError(result.error)) whole = { ...whole, error: said(result.error) };
    }
    const json = written(result, whole);
    if (typeof json !== 'string') {
      throw new Error('the `toJSON` of the result gives nothing that JSON has: return what it stands for');
    }
    return json;
  };
});
