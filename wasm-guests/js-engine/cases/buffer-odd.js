// What Node says of what no Buffer is made of, and of encodings that there are not.
function told(make) {
  try {
    return [...make()];
  } catch (error) {
    return `${error.name} ${error.code}: ${error.message}`;
  }
}
const bytes = Buffer.from('abc');
return [
  () => Buffer.from(new Map()),
  () => Buffer.from(new Set([1])),
  () => Buffer.from({ length: '3' }),
  () => Buffer.from({ length: null }),
  () => Buffer.from({ length: 2, 0: 5 }),
  () => Buffer.from({ length: undefined }),
  () => Buffer.from({}),
  () => Buffer.from(5),
  () => Buffer.from(null),
  () => Buffer.from(function made() {}),
  () => Buffer.from({ type: 'Buffer', data: [1, 2] }),
  () => Buffer.from('a', 'nope'),
  () => Buffer.from('a', 5),
  () => Buffer.from('a', ''),
  () => bytes.toString('nope'),
  () => bytes.toString(null),
  () => bytes.toString(''),
  () => bytes.write('a', 'nope'),
  () => bytes.write(5),
  () => [bytes.write('x', 0, 1, '')],
  () => [Buffer.byteLength('abc', 'nope'), Buffer.byteLength('abcd', 'HEX')],
  () => Buffer.byteLength(5),
  () => Buffer.alloc('5'),
  () => Buffer.alloc(-1),
  () => Buffer.concat(5),
  () => bytes.readInt8(1.5),
  () => bytes.readInt8('1'),
  () => bytes.readInt8(3),
  () => bytes.writeUInt8(256),
  () => bytes.readUIntBE(0, 9),
  () => bytes.swap16(),
].map(told);
