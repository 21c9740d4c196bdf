// setTimeout and its family, queueMicrotask, performance.now, Math.random.
(function (host, kit) {
  'use strict';

  // Node counts every pause that is no number from 1 to this as 1.
  const LONGEST = 2147483647;
  const pauseOf = (milliseconds) => {
    const pause = Math.trunc(Number(milliseconds));
    return pause >= 1 && pause <= LONGEST ? pause : 1;
  };

  // What Node gives, as far as scripts use it: an object that is also a number.
  class Timeout {
    #number;
    constructor(number) {
      this.#number = number;
    }
    [Symbol.toPrimitive]() {
      return this.#number;
    }
    ref() {
      return this;
    }
    unref() {
      return this;
    }
    hasRef() {
      return true;
    }
  }

  function begin(callback, milliseconds, repeat, values) {
    if (typeof callback !== 'function') throw new TypeError('A timer needs a function to call');
    const call = values.length > 0 ? () => void callback(...values) : () => void callback();
    return new Timeout(host.startTimer(call, pauseOf(milliseconds), repeat));
  }
  function stop(timer) {
    const number = Number(timer);
    if (number >= 1) host.stopTimer(number);
  }

  kit.wait = (milliseconds) => new Promise((resolve) => void host.startTimer(() => void resolve(), milliseconds, false));

  kit.defineAll(globalThis, {
    setTimeout: (callback, milliseconds, ...values) => begin(callback, milliseconds, false, values),
    setInterval: (callback, milliseconds, ...values) => begin(callback, milliseconds, true, values),
    setImmediate: (callback, ...values) => begin(callback, 1, false, values),
    clearTimeout: stop,
    clearInterval: stop,
    clearImmediate: stop,
    queueMicrotask(callback) {
      if (typeof callback !== 'function') throw new TypeError('queueMicrotask needs a function');
      Promise.resolve().then(() => void callback());
    },
  });

  // Measured from the first look: there is no earlier moment that a script could know.
  let origin;
  kit.define(globalThis, 'performance', {
    now() {
      origin ??= host.now();
      return host.now() - origin;
    },
    get timeOrigin() {
      origin ??= host.now();
      return origin;
    },
  });

  kit.define(Math, 'random', host.random);
});
