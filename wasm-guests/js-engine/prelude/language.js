// What the language leaves to its engine, as V8 has it: errors that scripts can catch for JSON that is nested too deeply and
// for text that has no room, the zone's name in the text of a date, and the messages of `JSON.parse`, `RegExp`, `toISOString`
// and `Promise.any`.
(function (host, kit) {
  'use strict';

  const { parse, stringify } = JSON;

  // An error of the engine's own about the text that it reads as JSON has its place in that text as a frame.
  const isOfText = (error) =>
    error instanceof SyntaxError && typeof error.stack === 'string' && error.stack.includes('\n    at <input>:');
  // What is not JSON, by the engine's message. Nothing is quoted but what that quotes: the host could not find part of a
  // secret in it.
  function unreadable(message, text) {
    if (message.includes('JSON')) return message;
    const begin = /^\s*(undefined$|\[object \w+\]$|<)/.exec(text)?.[1];
    if (begin !== undefined && begin !== '<') return `"${begin}" is not valid JSON`;
    const what = `${message[0].toUpperCase()}${message.slice(1).replace('token: ', 'token ')}`;
    return `${what}: the text is not valid JSON${begin === '<' ? ', it begins like HTML or XML' : ''}`;
  }

  const json = {
    parse(given, reviver) {
      const text = `${given}`;
      try {
        return host.within(parse, text, reviver);
      } catch (error) {
        // What is decoded of a handle is no JSON, whatever its secret is.
        host.refuseDecoded(text);
        throw isOfText(error) ? new SyntaxError(unreadable(error.message, text)) : error;
      }
    },
    stringify(value, replacer, space) {
      return host.within(stringify, value, replacer, space);
    },
  };
  kit.define(JSON, 'parse', json.parse);
  kit.define(JSON, 'stringify', json.stringify);

  const { normalize } = String.prototype;
  const text = {
    normalize(...form) {
      return host.aloud(normalize, this, ...form);
    },
  };
  kit.define(String.prototype, 'normalize', text.normalize);

  // The engine says what is wrong with an expression, and not with which one. Longer ones are not repeated, and none in part.
  const LONGEST_EXPRESSION = 200;
  const Expression = RegExp;
  function explained(error, pattern, flags) {
    if (!(error instanceof SyntaxError)) return error;
    if (error.message === 'invalid regular expression flags') return new SyntaxError(`Invalid flags supplied to RegExp constructor '${String(flags)}'`);
    const written = pattern instanceof Expression ? pattern.source : String(pattern);
    const shown = written.length > LONGEST_EXPRESSION ? '' : `/${written}/${flags ?? ''}: `;
    return new SyntaxError(`Invalid regular expression: ${shown}${error.message}`);
  }
  const Shown = new Proxy(Expression, {
    apply(_, self, [pattern, flags]) {
      if (pattern instanceof Expression && pattern.constructor === Shown && flags === undefined) return pattern;
      return new Shown(pattern, flags);
    },
    construct(_, given, made) {
      try {
        return Reflect.construct(Expression, given, made === Shown ? Expression : made);
      } catch (error) {
        throw explained(error, ...given);
      }
    },
  });
  // What methods of texts make an expression with need not be told about it.
  Object.defineProperty(Expression, Symbol.species, {
    get() {
      return this === Shown ? Expression : this;
    },
    configurable: true,
  });
  kit.define(Expression.prototype, 'constructor', Shown);
  kit.define(globalThis, 'RegExp', Shown);

  // UTC is the only zone there is. An invalid date has no zone.
  for (const name of ['toString', 'toTimeString']) {
    const write = Date.prototype[name];
    const named = {
      [name]() {
        const text = write.call(this);
        return text.endsWith('GMT+0000') ? `${text} (Coordinated Universal Time)` : text;
      },
    };
    kit.define(Date.prototype, name, named[name]);
  }

  const { getTime, toISOString } = Date.prototype;
  const iso = {
    toISOString() {
      if (Number.isNaN(getTime.call(this))) throw new RangeError('Invalid time value');
      return toISOString.call(this);
    },
  };
  kit.define(Date.prototype, 'toISOString', iso.toISOString);

  const { any } = Promise;
  const Every = AggregateError;
  const named = {
    // The promise is made with a rejection of our own, so that it settles no later than it would.
    any(values) {
      if (typeof this !== 'function') return any.call(this, values);
      const Given = this;
      // Made now, while the stack still holds the line that asks.
      const failed = new Every([], 'All promises were rejected');
      function Capability(executor) {
        return new Given((resolve, reject) => {
          executor(resolve, (error) => {
            // The engine's has no stack; one that came out of the list of promises has.
            const isOwn = error instanceof Every && error.stack === undefined;
            if (isOwn) failed.errors = error.errors;
            reject(isOwn ? failed : error);
          });
        });
      }
      Capability.resolve = (value) => Given.resolve(value);
      return any.call(Capability, values);
    },
  };
  kit.define(Promise, 'any', named.any);
});
