// What the language leaves to its engine, as V8 has it: an error that scripts can catch for JSON that is nested too deeply,
// the zone's name in the text of a date, and the messages of `toISOString` and `Promise.any`.
(function (host, kit) {
  'use strict';

  const { parse, stringify } = JSON;
  const json = {
    parse(text, reviver) {
      return host.within(parse, text, reviver);
    },
    stringify(value, replacer, space) {
      return host.within(stringify, value, replacer, space);
    },
  };
  kit.define(JSON, 'parse', json.parse);
  kit.define(JSON, 'stringify', json.stringify);

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
      function Capability(executor) {
        return new Given((resolve, reject) => {
          executor(resolve, (error) => {
            // The engine's has no stack; one that came out of the list of promises has.
            const isOwn = error instanceof Every && error.stack === undefined;
            reject(isOwn ? new Every(error.errors, 'All promises were rejected') : error);
          });
        });
      }
      Capability.resolve = (value) => Given.resolve(value);
      return any.call(Capability, values);
    },
  };
  kit.define(Promise, 'any', named.any);
});
