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
    const bytes = kit.bytes(file.buffer);
    return bytes === undefined ? file : { ...file, buffer: host.decode(bytes, 'base64') };
  }

  // Where the value at the end of `keys` stands, as a JSON Pointer.
  function shown(keys) {
    if (keys.length === 0) return 'the whole result';
    return `\`${keys.map((key) => `/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')}\``;
  }

  // Where a value holds itself, as the end of a sentence. Nothing where only a `toJSON` knows. Each object is looked into
  // once, and none within another call: a circle may have any length.
  function circle(result) {
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
      if (open.has(member)) {
        const above = frames.findIndex(({ value }) => value === member);
        return `: ${path(frames.length)} is ${path(above)} again`;
      }
      const isLookedInto = member !== null && typeof member === 'object' && typeof member.toJSON !== 'function';
      if (isLookedInto && !done.has(member)) enter(member);
    }
    return '';
  }

  function written(result, whole) {
    try {
      return host.stringify(whole);
    } catch (error) {
      if (isOwn(error, 'Maximum call stack size exceeded')) return tooDeep();
      if (!isOwn(error, 'circular reference')) throw error;
      const place = circle(result);
      throw new Error(`the result refers to itself${place}; JSON cannot say that, so return a copy without that reference`);
    }
  }

  // JSON, or nothing where nothing was returned.
  kit.finish = function (result) {
    if (result === undefined) return '';
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
    }
    const json = written(result, whole);
    if (typeof json !== 'string') {
      throw new Error('the `toJSON` of the result gives nothing that JSON has: return what it stands for');
    }
    return json;
  };
});
