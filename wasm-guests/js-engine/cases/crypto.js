const bytes = new TextEncoder().encode('abc');
const hex = (buffer) => Buffer.from(buffer).toString('hex');
const key = await crypto.subtle.importKey('raw', new TextEncoder().encode('Jefe'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode('what do ya want for nothing?'));
const refused = [];
for (const attempt of [
  () => crypto.subtle.digest('MD5', bytes),
  () => crypto.subtle.importKey('jwk', {}, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
  () => crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt']),
  () => crypto.subtle.exportKey('raw', key),
  async () => crypto.getRandomValues(new Float64Array(1)),
  async () => crypto.getRandomValues(new Uint8Array(65537)),
  async () => ld.hash('md5', 'a'),
]) {
  await attempt().then(() => refused.push('worked'), (error) => refused.push(error.name));
}
const one = crypto.randomUUID();
const filled = crypto.getRandomValues(new Uint32Array(8));
return {
  sha1: hex(await crypto.subtle.digest('SHA-1', bytes)),
  sha256: hex(await crypto.subtle.digest({ name: 'SHA-256' }, bytes.buffer)),
  sha512: ld.hash('sha512', 'abc', 'base64'),
  signature: hex(signature),
  same: ld.hmac('sha256', 'Jefe', 'what do ya want for nothing?') === hex(signature),
  verified: [
    await crypto.subtle.verify('HMAC', key, signature, new TextEncoder().encode('what do ya want for nothing?')),
    await crypto.subtle.verify('HMAC', key, signature, bytes),
  ],
  refused,
  uuid: [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(one), one !== ld.randomUUID()],
  random: [filled.some((n) => n > 0), Math.random() !== Math.random(), Math.random() < 1],
};
