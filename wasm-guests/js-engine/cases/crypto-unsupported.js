const told = async (make) => make().catch((error) => `${error.name}: ${error.message}`);
const key = await crypto.subtle.importKey('raw', new Uint8Array(8), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
const fixed = await crypto.subtle.importKey('raw', new Uint8Array(8), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
return [
  await told(() => crypto.subtle.exportKey('jwk', key)),
  await told(() => crypto.subtle.exportKey('raw', fixed)),
  await told(() => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])),
];
