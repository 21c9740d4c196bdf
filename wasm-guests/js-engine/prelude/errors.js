// Errors as scripts know them from V8: `stack` begins with name and message, and `Error.captureStackTrace` gives one to
// any object. QuickJS alone gives the frames. The rest is made when it is asked for, as V8 does too, so that an error
// whose stack nobody reads costs nothing more.
(function (host, kit) {
  'use strict';

  const { toString } = Error.prototype;
  const { get: framesOf } = Object.getOwnPropertyDescriptor(Error.prototype, 'stack');
  const { captureStackTrace: capture } = Error;

  const isFrame = (line) => line.startsWith('    at ');
  // Anything else is what a script's own `Error.prepareStackTrace` gave.
  const areFrames = (stack) => stack === '' || (typeof stack === 'string' && isFrame(stack));

  // `Name: message`, whatever the error holds.
  function heading(error) {
    try {
      return toString.call(error);
    } catch {
      return '<error>';
    }
  }

  function whole(error, frames) {
    return [heading(error), ...frames.split('\n').filter((line) => isFrame(line) && !line.includes('toolgate:'))].join('\n');
  }

  // False, and nothing else, where the object is frozen.
  const keep = (target, stack) =>
    Reflect.defineProperty(target, 'stack', { value: stack, writable: true, configurable: true, enumerable: false });

  Object.defineProperty(Error.prototype, 'stack', {
    get() {
      const frames = framesOf.call(this);
      if (!areFrames(frames)) return frames;
      const stack = whole(this, frames);
      keep(this, stack);
      return stack;
    },
    set(stack) {
      keep(this, stack);
    },
    configurable: true,
    enumerable: false,
  });

  kit.define(Error, 'captureStackTrace', function captureStackTrace(target, upTo) {
    capture(target, typeof upTo === 'function' ? upTo : captureStackTrace);
    const stack = Object.getOwnPropertyDescriptor(target, 'stack')?.value;
    if (areFrames(stack)) keep(target, whole(target, stack));
  });

  // The frames of a stack that lie in the author's file.
  kit.authorFrames = function (stack) {
    if (typeof stack !== 'string') return '';
    return stack
      .split('\n')
      .filter((line) => isFrame(line) && !line.includes('toolgate:') && !line.includes('(native)'))
      .join('\n');
  };
});
