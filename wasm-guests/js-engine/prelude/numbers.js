// Numbers in a Buffer: readUInt32LE and its family, made from the typed views of the language.
(function (host, kit) {
  'use strict';

  const OUT_OF_RANGE = 'ERR_OUT_OF_RANGE';

  const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);

  function within(buffer, offset, count) {
    if (typeof offset !== 'number' || !Number.isInteger(offset)) {
      const message = `The offset must be a whole number, not ${String(offset)}`;
      if (typeof offset !== 'number') throw kit.coded(new TypeError(message), kit.WRONG_TYPE);
      throw kit.coded(new RangeError(message), OUT_OF_RANGE);
    }
    if (offset < 0 || offset + count > buffer.length) {
      const message = `The offset ${offset} is outside of the Buffer: ${count} bytes of ${buffer.length}`;
      throw kit.coded(new RangeError(message), OUT_OF_RANGE);
    }
  }

  function fits(value, low, high) {
    const number = typeof value === 'bigint' ? value : Number(value);
    if (number < low || number > high) {
      throw kit.coded(new RangeError(`The value ${value} is outside of ${low} to ${high}`), OUT_OF_RANGE);
    }
    return number;
  }

  const methods = {};
  function add(name, count, read, write) {
    methods[`read${name}`] = function (offset = 0) {
      within(this, offset, count);
      return read(view(this), offset);
    };
    methods[`write${name}`] = function (value, offset = 0) {
      within(this, offset, count);
      write(view(this), offset, value);
      return offset + count;
    };
  }

  // One fixed width: `method` is the name in DataView, `low` and `high` the range of a whole number.
  function fixed(name, method, count, low, high) {
    for (const [ending, little] of count === 1 ? [['', true]] : [['LE', true], ['BE', false]]) {
      const write = (data, at, value) => data[`set${method}`](at, low === undefined ? Number(value) : fits(value, low, high), little);
      add(name + ending, count, (data, at) => data[`get${method}`](at, little), write);
    }
  }
  fixed('UInt8', 'Uint8', 1, 0, 255);
  fixed('Int8', 'Int8', 1, -128, 127);
  fixed('UInt16', 'Uint16', 2, 0, 65535);
  fixed('Int16', 'Int16', 2, -32768, 32767);
  fixed('UInt32', 'Uint32', 4, 0, 4294967295);
  fixed('Int32', 'Int32', 4, -2147483648, 2147483647);
  fixed('BigUInt64', 'BigUint64', 8, 0n, 2n ** 64n - 1n);
  fixed('BigInt64', 'BigInt64', 8, -(2n ** 63n), 2n ** 63n - 1n);
  fixed('Float', 'Float32', 4);
  fixed('Double', 'Float64', 8);

  // Any width from 1 to 6 bytes.
  function checkWidth(width) {
    if (!(width >= 1 && width <= 6)) {
      throw kit.coded(new RangeError(`A number takes 1 to 6 bytes, not ${String(width)}`), OUT_OF_RANGE);
    }
  }
  function readWhole(buffer, offset, width, little, signed) {
    checkWidth(width);
    within(buffer, offset, width);
    let value = 0;
    for (let at = 0; at < width; at++) value = value * 256 + buffer[offset + (little ? width - 1 - at : at)];
    return signed && value >= 2 ** (8 * width - 1) ? value - 2 ** (8 * width) : value;
  }
  function writeWhole(buffer, value, offset, width, little, signed) {
    checkWidth(width);
    within(buffer, offset, width);
    const all = 2 ** (8 * width);
    let rest = fits(value, signed ? -all / 2 : 0, signed ? all / 2 - 1 : all - 1);
    if (rest < 0) rest += all;
    for (let at = 0; at < width; at++) {
      buffer[offset + (little ? at : width - 1 - at)] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return offset + width;
  }
  for (const [sign, signed] of [['UInt', false], ['Int', true]]) {
    for (const [ending, little] of [['LE', true], ['BE', false]]) {
      methods[`read${sign}${ending}`] = function (offset, width) {
        return readWhole(this, offset, width, little, signed);
      };
      methods[`write${sign}${ending}`] = function (value, offset, width) {
        return writeWhole(this, value, offset, width, little, signed);
      };
    }
  }

  // Reverses each group of so many bytes.
  for (const width of [2, 4, 8]) {
    methods[`swap${8 * width}`] = function () {
      if (this.length % width !== 0) {
        throw kit.coded(new RangeError(`The size of the Buffer must be a multiple of ${width}`), 'ERR_INVALID_BUFFER_SIZE');
      }
      for (let at = 0; at < this.length; at += width) this.subarray(at, at + width).reverse();
      return this;
    };
  }

  for (const name of Object.keys(methods)) {
    kit.define(Buffer.prototype, name, methods[name]);
    // Node spells each of these in both ways.
    if (name.includes('UInt')) kit.define(Buffer.prototype, name.replace('UInt', 'Uint'), methods[name]);
  }
});
