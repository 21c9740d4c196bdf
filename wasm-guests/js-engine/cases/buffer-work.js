const all = {};
const whole = Buffer.concat([Buffer.from('ab'), new Uint8Array([99]), Buffer.alloc(2, 'xy')]);
all.concat = [whole.toString(), Buffer.concat([whole], 2).toString(), Buffer.concat([]).length];
const slice = whole.slice(1, -1);
slice[0] = 66;
all.slice = [slice.toString(), whole.toString(), slice instanceof Buffer];
all.find = [whole.indexOf('c'), whole.indexOf(Buffer.from('xy')), whole.includes('zz'), whole.lastIndexOf('x'), whole.indexOf(99), whole.indexOf('a', -1)];
all.equal = [Buffer.from('a').equals(new Uint8Array([97])), Buffer.compare(Buffer.from('a'), Buffer.from('b')), [Buffer.from('b'), Buffer.from('a')].sort(Buffer.compare).join()];
const numbers = Buffer.alloc(30);
let at = numbers.writeUInt32LE(0x04034b50, 0);
at = numbers.writeUInt16BE(513, at);
at = numbers.writeInt8(-2, at);
at = numbers.writeDoubleLE(1.5, at);
at = numbers.writeBigUInt64LE(2n ** 63n, at);
at = numbers.writeUIntBE(0x123456, at, 3);
all.numbers = [at, numbers.readUInt32LE(0), numbers.readUint16BE(4), numbers.readInt8(6), numbers.readDoubleLE(7), String(numbers.readBigUInt64LE(15)), numbers.readUIntBE(23, 3), numbers.readIntLE(6, 1)];
const bad = (action) => {
  try {
    return action();
  } catch (error) {
    return error.name;
  }
};
all.bounds = [bad(() => numbers.readUInt32LE(27)), bad(() => numbers.writeUInt8(256, 0)), bad(() => numbers.readUInt8(1.5)), bad(() => numbers.readUInt8(-1))];
const target = Buffer.alloc(6, '.');
all.write = [target.write('€€', 1), target.toString('latin1'), target.write('abc', 3, 2), target.write('ff', 'hex'), target.toString('hex')];
all.fill = [Buffer.alloc(4).fill('ab').toString(), Buffer.alloc(3, 1).fill(7, 1, 2).toJSON().data];
all.copy = [Buffer.from('xyz').copy(target, 4), target.toString('latin1', 4)];
all.map = [Buffer.from([1, 2]).map((b) => b * 2) instanceof Uint8Array, [...Buffer.from([1, 2]).filter((b) => b > 1)], Buffer.from('ab').reverse().toString()];
all.iterate = [...Buffer.from('ab').entries()];
all.swap = Buffer.from('0102', 'hex').swap16().toString('hex');
return all;
