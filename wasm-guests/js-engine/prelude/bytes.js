// Bytes, whatever a script holds them in; TextEncoder, TextDecoder, atob and btoa.
(function (host, kit) {
  'use strict';

  // Errors that scripts know from Node have its `code`.
  kit.coded = (error, code) => Object.assign(error, { code });
  kit.WRONG_TYPE = 'ERR_INVALID_ARG_TYPE';

  // Puts a global where the language puts its own: writable, not listed.
  kit.define = function (target, name, value) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  };
  kit.defineAll = function (target, members) {
    for (const name of Object.keys(members)) kit.define(target, name, members[name]);
  };

  // A Uint8Array over the same memory, or undefined when `value` is no bytes.
  kit.bytes = function (value) {
    if (value instanceof Uint8Array) return value;
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (value instanceof ArrayBuffer) return new Uint8Array(value);
    return undefined;
  };

  // The same, for functions that take nothing else.
  kit.needBytes = function (value, what) {
    const bytes = kit.bytes(value);
    if (bytes === undefined) {
      throw kit.coded(new TypeError(`${what} must be an ArrayBuffer, a typed array or a Buffer`), kit.WRONG_TYPE);
    }
    return bytes;
  };

  kit.utf8 = (text) => new Uint8Array(host.encode(text, 'utf8'));

  class TextEncoder {
    get encoding() {
      return 'utf-8';
    }
    encode(text = '') {
      return kit.utf8(text);
    }
    encodeInto(text, target) {
      let read = 0;
      let written = 0;
      for (const character of String(text)) {
        const bytes = kit.utf8(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += character.length;
      }
      return { read, written };
    }
  }

  // The encoding that a label of the encoding standard names, or undefined.
  kit.encodingOf = (label) => (label === 'utf-8' || label === 'utf8' ? 'utf-8' : (host.encodingOf(label) ?? undefined));

  // Those that the engine reads by itself; the host has the tables of the others.
  const OWN = ['utf-8', 'utf-16le', 'utf-16be'];
  kit.decode = function (bytes, encoding) {
    if (!OWN.includes(encoding)) return host.decodeAs(bytes, encoding);
    // Half of a unit says nothing.
    const isCut = encoding !== 'utf-8' && bytes.length % 2 === 1;
    return host.decode(bytes, encoding) + (isCut ? '\uFFFD' : '');
  };

  function decodeStrictly(bytes, encoding) {
    // Of the host's encodings no other than gb18030 can say U+FFFD, and nobody does.
    const text = OWN.includes(encoding) ? host.decodeStrictly(bytes, encoding) : host.decodeAs(bytes, encoding);
    if (typeof text === 'string' && (OWN.includes(encoding) || !text.includes('\uFFFD'))) return text;
    throw kit.coded(new TypeError(`The encoded data was not valid for encoding ${encoding}`), 'ERR_ENCODING_INVALID_ENCODED_DATA');
  }

  const ONE_BYTE = /^(?:windows|iso-8859|koi8|ibm|macintosh|x-mac)/;

  // How many bytes at the end belong to a character that is not complete.
  function openEnd(bytes, encoding) {
    if (encoding === 'utf-16le' || encoding === 'utf-16be') {
      const whole = bytes.length & ~1;
      const high = encoding === 'utf-16le' ? bytes[whole - 1] : bytes[whole - 2];
      return bytes.length - whole + (whole > 0 && high >= 0xd8 && high < 0xdc ? 2 : 0);
    }
    // Of the others, those that have more than one byte for a character are read when all have come.
    if (encoding !== 'utf-8') return ONE_BYTE.test(encoding) ? 0 : bytes.length;
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
      const byte = bytes[bytes.length - back];
      if (byte < 0x80) return 0;
      if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
    }
    return 0;
  }

  class TextDecoder {
    #encoding;
    #fatal;
    #keepMark;
    #left = new Uint8Array(0);
    #begun = false;
    constructor(label = 'utf-8', options = {}) {
      this.#encoding = kit.encodingOf(String(label).trim().toLowerCase());
      if (this.#encoding === undefined) throw new RangeError(`The encoding "${label}" is not supported`);
      this.#fatal = Boolean(options?.fatal);
      this.#keepMark = Boolean(options?.ignoreBOM);
    }
    get encoding() {
      return this.#encoding;
    }
    get fatal() {
      return this.#fatal;
    }
    get ignoreBOM() {
      return this.#keepMark;
    }
    decode(input = new Uint8Array(0), options = {}) {
      let bytes = kit.needBytes(input, 'The input of decode');
      if (this.#left.length > 0) {
        const joined = new Uint8Array(this.#left.length + bytes.length);
        joined.set(this.#left);
        joined.set(bytes, this.#left.length);
        bytes = joined;
        this.#left = new Uint8Array(0);
      }
      if (options?.stream) {
        const end = bytes.length - openEnd(bytes, this.#encoding);
        this.#left = bytes.slice(end);
        bytes = bytes.subarray(0, end);
      }
      let text = this.#fatal ? decodeStrictly(bytes, this.#encoding) : kit.decode(bytes, this.#encoding);
      if (!this.#begun && !this.#keepMark && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      this.#begun = Boolean(options?.stream) && (this.#begun || text.length > 0);
      return text;
    }
  }

  function atob(text) {
    if (arguments.length === 0) throw new TypeError('atob needs a text');
    const decoded = host.atob(text);
    if (decoded === undefined || decoded === null) {
      throw new DOMException('The text is not correctly encoded Base64', 'InvalidCharacterError');
    }
    return decoded;
  }

  function btoa(text) {
    if (arguments.length === 0) throw new TypeError('btoa needs a text');
    const latin = String(text);
    if (/[^\x00-\xFF]/.test(latin)) {
      throw new DOMException('btoa takes characters up to U+00FF only; encode the text as UTF-8 first', 'InvalidCharacterError');
    }
    return host.decode(new Uint8Array(host.encode(latin, 'latin1')), 'base64');
  }

  kit.defineAll(globalThis, { TextEncoder, TextDecoder, atob, btoa });
});
