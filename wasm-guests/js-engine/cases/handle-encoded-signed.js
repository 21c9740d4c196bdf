// A text that holds a handle in another spelling is signed as little as one that holds it as it is.
const handle = `tghandle${'0123456789abcdef'.repeat(2)}`;
const refused = [];
for (const before of ['', 'u', 'u:', 'user:']) {
  for (const encoding of ['base64', 'base64url', 'hex']) {
    const text = Buffer.from(`${before}${handle}${before}`).toString(encoding);
    for (const work of [
      () => ld.hmac('sha256', 'k', `Basic ${text}`),
      () => ld.hash('sha1', Buffer.from(text.replace(/^[0-9a-f]+$/, (digits) => digits.toUpperCase()))),
      () => ld.hash('sha512', `${'7tdR0h'.repeat(50)} ${text}`),
    ]) {
      try {
        refused.push(work());
      } catch (error) {
        refused.push(error.message.includes('of a handle is not that'));
      }
    }
  }
}
// What only begins like one is none.
const harmless = ['tghandle of a door and of its other side, too', handle.slice(0, -1), handle.replace(/f/g, 'g')];
return [
  refused.length,
  refused.every((one) => one === true),
  harmless.map((text) => ['utf8', 'hex', 'base64'].map((encoding) => ld.hash('sha1', Buffer.from(text).toString(encoding)).length)),
];
