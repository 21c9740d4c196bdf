const handle = `tghandle${'0123456789abcdef'.repeat(2)}`;
const refused = [];
for (const hash of [
  () => ld.hash('sha256', `${handle}x`),
  () => crypto.subtle.digest('SHA-256', Buffer.from(handle)),
  () => ld.hmac('sha256', handle, `x${handle}`),
]) {
  try {
    await hash();
  } catch (error) {
    refused.push(error.message);
  }
}
return [refused, ld.hash('sha1', 'tghandle of a door'), ld.hmac('sha1', handle, 'a').length];
