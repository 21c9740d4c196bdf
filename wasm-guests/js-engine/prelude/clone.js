// structuredClone: the types that scripts meet, circles included.
(function (host, kit) {
  'use strict';

  const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

  function refuse(value) {
    const name = typeof value === 'function' ? `function ${value.name}`.trim() : String(value);
    throw new DOMException(`${name} could not be cloned`, 'DataCloneError');
  }

  function cloneError(error, seen) {
    const Kind = Object.hasOwn(ERRORS, error.name) ? ERRORS[error.name] : Error;
    const copy = Object.create(Kind.prototype);
    seen.set(error, copy);
    for (const name of ['message', 'stack']) {
      if (typeof error[name] === 'string') kit.define(copy, name, error[name]);
    }
    if (Object.hasOwn(error, 'cause')) kit.define(copy, 'cause', clone(error.cause, seen));
    return copy;
  }

  function clone(value, seen) {
    if (typeof value === 'function' || typeof value === 'symbol') refuse(value);
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (copy) => {
      seen.set(value, copy);
      return copy;
    };
    if (value instanceof Date) return keep(new Date(value.getTime()));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof Boolean || value instanceof Number || value instanceof String) return keep(Object(value.valueOf()));
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (value instanceof DataView) return keep(new DataView(clone(value.buffer, seen), value.byteOffset, value.byteLength));
    if (ArrayBuffer.isView(value)) {
      const Kind = value instanceof Buffer ? Uint8Array : value.constructor;
      return keep(new Kind(clone(value.buffer, seen), value.byteOffset, value.length));
    }
    if (value instanceof Map) {
      const copy = keep(new Map());
      for (const [key, member] of value) copy.set(clone(key, seen), clone(member, seen));
      return copy;
    }
    if (value instanceof Set) {
      const copy = keep(new Set());
      for (const member of value) copy.add(clone(member, seen));
      return copy;
    }
    if (value instanceof Error) return cloneError(value, seen);
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) refuse(value);
    const copy = keep(Array.isArray(value) ? new Array(value.length) : {});
    for (const key of Object.keys(value)) {
      const member = clone(value[key], seen);
      // Set like the others, it would not become a member.
      if (key === '__proto__') {
        Object.defineProperty(copy, key, { value: member, writable: true, enumerable: true, configurable: true });
      } else {
        copy[key] = member;
      }
    }
    return copy;
  }

  kit.define(globalThis, 'structuredClone', function structuredClone(value) {
    if (arguments.length === 0) throw new TypeError('structuredClone needs a value');
    return clone(value, new Map());
  });
});
