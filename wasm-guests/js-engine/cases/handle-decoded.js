// What a handle is decoded into is good for nothing but the key of an HMAC: read otherwise it would be wrong without a word.
const handle = `tghandle${'0123456789abcdef'.repeat(2)}`;
const told = [];
async function tell(work) {
  try {
    told.push(await work());
  } catch (error) {
    told.push(`${error.name}: ${error.message}`);
  }
}
const [base64, hex] = [Buffer.from(handle, 'base64'), Buffer.from(handle, 'hex')];
for (const work of [
  () => base64.toString(),
  () => hex.toString('utf8'),
  () => base64.toString('hex'),
  () => new TextDecoder().decode(base64),
  () => new TextDecoder('latin1', { fatal: true }).decode(hex),
  () => JSON.parse(atob(handle)),
  () => ld.hash('sha256', base64),
  () => ld.hmac('sha256', 'key', hex),
  () => ld.hmac('sha256', atob(handle), 'a'),
  () => ld.hmac('sha256', Buffer.concat([base64, hex]), 'a'),
  () => Buffer.from(`00${handle}`, 'hex'),
  () => Buffer.from(`a.${handle}`, 'base64'),
  () => atob(`abcd${handle}`),
  () => ld.request({ url: '/a', method: 'POST', body: base64 }),
  () => ld.request({ url: '/a', headers: { Authorization: `Token ${atob(handle)}` } }),
]) await tell(work);
// A handle within what is decoded is one again, and keys need bytes.
await tell(() => Buffer.from(btoa(`u:${handle}`), 'base64').toString() === `u:${handle}`);
await tell(() => ld.hmac('sha256', base64, 'a').length + ld.hmac('sha256', Buffer.from(` ${handle}\n`, 'base64url'), 'a').length);
await tell(async () => {
  const bytes = Uint8Array.from(atob(handle), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, Buffer.from('a'));
  return Buffer.from(mac).toString('hex') === ld.hmac('sha256', base64, 'a');
});
await tell(() => ld.hmac('sha256', hex, 'a') !== ld.hmac('sha256', '', 'a'));
await tell(() => base64.toString('base64') === handle && hex.toString('hex') === handle);
ld.log(base64.length > 0, { base64 });
return told;
