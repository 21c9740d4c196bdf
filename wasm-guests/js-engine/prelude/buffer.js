// Node's Buffer: making, converting, searching and copying. numbers.js adds reading and writing of numbers.
(function (host, kit) {
  'use strict';

  const ENCODINGS = new Set([
    'utf8', 'utf-8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'ucs2', 'ucs-2', 'utf16le', 'utf-16le',
  ]);

  function encodingOf(name) {
    const lower = name === undefined ? 'utf8' : String(name).toLowerCase();
    if (!ENCODINGS.has(lower)) throw kit.coded(new TypeError(`Unknown encoding: ${String(name)}`), 'ERR_UNKNOWN_ENCODING');
    return lower;
  }

  // Where text becomes bytes, what is no name of an encoding means the usual one.
  const encodingOr = (name) => (typeof name === 'string' && name !== '' ? encodingOf(name) : 'utf8');

  // What was given in place of something else, as the end of a sentence.
  function received(value) {
    if (value === null || value === undefined) return String(value);
    if (typeof value === 'function') return `function ${value.name}`;
    if (typeof value !== 'object') return `type ${typeof value} (${String(value)})`;
    return typeof value.constructor === 'function' ? `an instance of ${value.constructor.name}` : 'an object';
  }

  // Called with or without `new`; what it gives is a Uint8Array that Buffer's methods apply to.
  function Buffer(value, encodingOrOffset, length) {
    if (typeof value === 'number') return Buffer.alloc(value);
    return Buffer.from(value, encodingOrOffset, length);
  }
  Object.setPrototypeOf(Buffer.prototype, Uint8Array.prototype);
  Object.setPrototypeOf(Buffer, Uint8Array);

  const asBuffer = (bytes) => Object.setPrototypeOf(bytes, Buffer.prototype);
  const encode = (text, encoding) => asBuffer(new Uint8Array(host.encode(text, encodingOr(encoding))));

  function size(count) {
    if (typeof count !== 'number') {
      throw kit.coded(new TypeError(`The "size" argument must be of type number. Received ${received(count)}`), kit.WRONG_TYPE);
    }
    if (!(count >= 0) || count > 0x7fffffff) {
      const message = `The size of a Buffer must be a number from 0 up to 2147483647, not ${count}`;
      throw kit.coded(new RangeError(message), 'ERR_OUT_OF_RANGE');
    }
    return Math.trunc(count);
  }

  // A whole number inside 0..most; negative ones count from the end, as slice does it.
  function place(value, most, otherwise) {
    if (value === undefined) return otherwise;
    const number = Math.trunc(Number(value)) || 0;
    return number < 0 ? Math.max(0, most + number) : Math.min(number, most);
  }

  const statics = {
    from(value, encodingOrOffset, length) {
      if (typeof value === 'string') return encode(value, encodingOrOffset);
      if (value instanceof ArrayBuffer) return asBuffer(new Uint8Array(value, encodingOrOffset, length));
      if (ArrayBuffer.isView(value)) return asBuffer(Uint8Array.from(value));
      if (value !== null && typeof value === 'object') {
        // First what an object stands for: a `String` has a length too.
        const inner = value.valueOf?.();
        if (inner !== value && (typeof inner === 'string' || (inner !== null && typeof inner === 'object'))) {
          return Buffer.from(inner, encodingOrOffset, length);
        }
        // A length that is no number counts as none.
        if (value.length !== undefined) return asBuffer(Uint8Array.from(typeof value.length === 'number' ? value : []));
        if (value.type === 'Buffer' && Array.isArray(value.data)) return asBuffer(Uint8Array.from(value.data));
        const text = value[Symbol.toPrimitive]?.('string');
        if (typeof text === 'string') return encode(text, encodingOrOffset);
      }
      const types = 'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object';
      throw kit.coded(new TypeError(`The first argument must be ${types}. Received ${received(value)}`), kit.WRONG_TYPE);
    },
    alloc(count, fill, encoding) {
      const buffer = asBuffer(new Uint8Array(size(count)));
      return fill === undefined || fill === 0 ? buffer : buffer.fill(fill, encoding);
    },
    allocUnsafe: (count) => asBuffer(new Uint8Array(size(count))),
    allocUnsafeSlow: (count) => asBuffer(new Uint8Array(size(count))),
    of: (...values) => asBuffer(Uint8Array.from(values)),
    isBuffer: (value) => value instanceof Buffer,
    isEncoding: (name) => typeof name === 'string' && ENCODINGS.has(name.toLowerCase()),
    byteLength(value, encoding) {
      if (typeof value === 'string') {
        return host.encode(value, statics.isEncoding(encoding) ? encoding.toLowerCase() : 'utf8').byteLength;
      }
      return kit.needBytes(value, 'The value').byteLength;
    },
    concat(list, total) {
      if (!Array.isArray(list)) throw kit.coded(new TypeError('Buffer.concat takes an array of Buffers'), kit.WRONG_TYPE);
      // As in Node, whatever length is asked for.
      if (list.length === 0) return asBuffer(new Uint8Array(0));
      const parts = list.map((part) => kit.needBytes(part, 'Each part of Buffer.concat'));
      const length = total === undefined ? parts.reduce((sum, part) => sum + part.length, 0) : size(total);
      const whole = asBuffer(new Uint8Array(length));
      let at = 0;
      for (const part of parts) {
        if (at >= length) break;
        whole.set(part.length > length - at ? part.subarray(0, length - at) : part, at);
        at += part.length;
      }
      return whole;
    },
    compare(one, other) {
      const [left, right] = [kit.needBytes(one, 'The first value'), kit.needBytes(other, 'The second value')];
      const both = Math.min(left.length, right.length);
      for (let at = 0; at < both; at++) if (left[at] !== right[at]) return left[at] < right[at] ? -1 : 1;
      return Math.sign(left.length - right.length);
    },
  };
  kit.defineAll(Buffer, statics);
  kit.define(Buffer, 'poolSize', 0);

  // A search for one byte or for several; `from` and `step` as indexOf and lastIndexOf need them.
  function search(buffer, wanted, from, encoding, backwards) {
    if (typeof from === 'string') [from, encoding] = [undefined, from];
    const start = place(from, buffer.length, backwards ? buffer.length : 0);
    if (typeof wanted === 'number') {
      const find = backwards ? Uint8Array.prototype.lastIndexOf : Uint8Array.prototype.indexOf;
      return find.call(buffer, wanted & 255, start);
    }
    const needle = typeof wanted === 'string' ? encode(wanted, encoding) : kit.needBytes(wanted, 'What is searched for');
    const last = buffer.length - needle.length;
    const step = backwards ? -1 : 1;
    for (let at = backwards ? Math.min(start, last) : start; at >= 0 && at <= last; at += step) {
      let same = 0;
      while (same < needle.length && buffer[at + same] === needle[same]) same++;
      if (same === needle.length) return at;
    }
    return -1;
  }

  kit.defineAll(Buffer.prototype, {
    toString(encoding, start, end) {
      const name = encodingOf(encoding);
      const [from, to] = [place(start, this.length, 0), place(end, this.length, this.length)];
      if (from === 0 && to === this.length) return host.decode(this, name);
      return host.decode(this.subarray(from, Math.max(from, to)), name);
    },
    toLocaleString(encoding, start, end) {
      return this.toString(encoding, start, end);
    },
    toJSON() {
      return { type: 'Buffer', data: Array.from(this) };
    },
    equals(other) {
      return this === other || Buffer.compare(this, other) === 0;
    },
    compare(other, otherStart, otherEnd, start, end) {
      const bytes = kit.needBytes(other, 'What is compared');
      return Buffer.compare(this.subarray(start ?? 0, end), bytes.subarray(otherStart ?? 0, otherEnd));
    },
    indexOf(wanted, from, encoding) {
      return search(this, wanted, from, encoding, false);
    },
    lastIndexOf(wanted, from, encoding) {
      return search(this, wanted, from, encoding, true);
    },
    includes(wanted, from, encoding) {
      return search(this, wanted, from, encoding, false) >= 0;
    },
    // As in Node, both share the memory of the whole.
    subarray(start, end) {
      const [from, to] = [place(start, this.length, 0), place(end, this.length, this.length)];
      return asBuffer(new Uint8Array(this.buffer, this.byteOffset + from, Math.max(0, to - from)));
    },
    slice(start, end) {
      return this.subarray(start, end);
    },
    copy(target, targetStart = 0, start = 0, end = this.length) {
      const part = this.subarray(start, Math.min(end, start + Math.max(0, target.length - targetStart)));
      target.set(part, targetStart);
      return part.length;
    },
    write(text, offset, length, encoding) {
      if (typeof text !== 'string') throw kit.coded(new TypeError('argument must be a string'), kit.WRONG_TYPE);
      if (typeof offset === 'string') [offset, length, encoding] = [0, undefined, offset];
      else if (typeof length === 'string') [length, encoding] = [undefined, length];
      const from = place(offset, this.length, 0);
      const room = Math.min(length ?? this.length, this.length - from);
      const name = encodingOf(encoding || undefined);
      let bytes = new Uint8Array(host.encode(text, name));
      if (bytes.length > room) {
        bytes = bytes.subarray(0, room);
        // A character that does not fit whole is left out.
        if (name === 'utf8' || name === 'utf-8') {
          let end = bytes.length;
          while (end > 0 && (bytes[end - 1] & 0xc0) === 0x80) end--;
          const lead = bytes[end - 1];
          const needs = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
          if (end > 0 && bytes.length - end + 1 < needs) bytes = bytes.subarray(0, end - 1);
        }
      }
      this.set(bytes, from);
      return bytes.length;
    },
    fill(value, start, end, encoding) {
      if (typeof start === 'string') [start, end, encoding] = [undefined, undefined, start];
      else if (typeof end === 'string') [end, encoding] = [undefined, end];
      const [from, to] = [place(start, this.length, 0), place(end, this.length, this.length)];
      if (typeof value === 'number' || typeof value === 'boolean') {
        return Uint8Array.prototype.fill.call(this, Number(value) & 255, from, to);
      }
      const pattern = typeof value === 'string' ? encode(value, encoding) : kit.needBytes(value, 'The filling');
      if (pattern.length === 0) return Uint8Array.prototype.fill.call(this, 0, from, to);
      for (let at = from; at < to; at++) this[at] = pattern[(at - from) % pattern.length];
      return this;
    },
  });
  Object.defineProperty(Buffer.prototype, 'parent', { get() { return this.buffer; }, configurable: true });

  kit.define(globalThis, 'Buffer', Buffer);
  kit.asBuffer = asBuffer;
});
