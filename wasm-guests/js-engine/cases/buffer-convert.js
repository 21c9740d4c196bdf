const all = {};
all.text = Buffer.from('grüße €😀').toString();
all.base64 = Buffer.from('grüße').toString('base64');
all.back = Buffer.from('Z3LDvMOfZQ==', 'base64').toString('utf8');
all.url = Buffer.from([251, 255, 254]).toString('base64url');
all.mixed = Buffer.from('-_-_ \n=ignored', 'base64').toString('hex');
all.hex = Buffer.from('00ffzz11', 'hex').toString('hex');
all.latin = Buffer.from('é', 'latin1').toJSON();
all.wide = Buffer.from('aé', 'utf16le').toString('hex');
all.wideBack = Buffer.from('6100e900', 'hex').toString('ucs2');
all.broken = Buffer.from([0x61, 0xff, 0x62]).toString();
all.part = Buffer.from('abcdef').toString('utf8', 1, 3);
all.lengths = [Buffer.byteLength('€'), Buffer.from('€').length, Buffer.from(new ArrayBuffer(3)).byteLength, Buffer.byteLength('YWI=', 'base64')];
const shared = new Uint8Array([1, 2, 3, 4]);
const window = Buffer.from(shared.buffer, 1, 2);
window[0] = 9;
all.shared = [...shared];
all.copied = Buffer.from(shared)[1] === 9 && Buffer.from(shared).buffer !== shared.buffer;
all.json = Buffer.from(JSON.parse(JSON.stringify(Buffer.from('hi')))).toString();
all.legacy = [new Buffer('hi').toString(), Buffer('aGk=', 'base64').toString(), new Buffer(2).length];
all.is = [Buffer.isBuffer(window), Buffer.isBuffer(shared), window instanceof Uint8Array, Array.isArray([...window])];
for (const bad of [() => Buffer.from(5), () => Buffer.from(null), () => Buffer.from('a', 'rot13'), () => Buffer.alloc(-1)]) {
  try {
    bad();
    (all.bad ??= []).push('worked');
  } catch (error) {
    (all.bad ??= []).push(error.name);
  }
}
all.ascii = [Buffer.from([0xe9, 0x41, 0xff]).toString('ascii'), Buffer.from('éA€', 'ascii').toString('hex'), Buffer.from([0xe9]).toString('binary')];
const written = Buffer.alloc(2);
written.write('é€', 'ascii');
all.written = written.toString('hex');
all.objects = [
  Buffer.from(new String('xé')), Buffer.from(new String('aGk='), 'base64'), Buffer.from({ valueOf: () => 'v' }), Buffer.from({ valueOf: () => [65] }),
  Buffer.from({ [Symbol.toPrimitive]: (hint) => hint }), Buffer.from(new Date(0)), Buffer.from({ length: 2, 0: 65 }),
].map(String);
for (const bad of [new Number(5), {}, Object.create(null)]) {
  try {
    Buffer.from(bad);
    all.bad.push('worked');
  } catch (error) {
    all.bad.push(error.name);
  }
}
all.surrogate = Buffer.from('\ud800').toString('hex');
return all;
