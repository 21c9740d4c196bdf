const decoder = new TextDecoder();
const bytes = new TextEncoder().encode('a€😀');
const streamed = new TextDecoder('utf-8');
let joined = '';
for (const byte of bytes) joined += streamed.decode(new Uint8Array([byte]), { stream: true });
joined += streamed.decode();
const into = new Uint8Array(4);
const bad = (action) => {
  try {
    return action();
  } catch (error) {
    return error.name;
  }
};
return [
  [...bytes], decoder.decode(bytes), joined, new TextEncoder().encodeInto('a€€', into), [...into],
  new TextDecoder('utf-16le').decode(new Uint8Array([0xac, 0x20])), new TextDecoder('latin1').decode(new Uint8Array([0x80, 0xe9])),
  bad(() => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))), bad(() => new TextDecoder('klingon')),
  new TextDecoder('utf-16le').decode(new Uint8Array([0x61, 0x00, 0x62])),
  decoder.decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])), decoder.decode(new Uint8Array([0x61, 0xff])), decoder.encoding,
];
