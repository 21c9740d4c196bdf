const read = async () => (await ld.request({ url: 'https://api.example.com/a' })).text;
const texts = [await read(), await read(), await read(), await read(), await read(), await read()];
const parts = new TextDecoder('shift_jis');
let joined = '';
for (const byte of [0x93, 0xfa, 0x96, 0x7b]) joined += parts.decode(new Uint8Array([byte]), { stream: true });
joined += parts.decode();
const latin = new TextDecoder('iso-8859-2');
return [texts, joined, parts.encoding, latin.decode(new Uint8Array([0xb9]), { stream: true }), latin.encoding, new TextDecoder('latin1').encoding];
