const read = (label, bytes, options) => {
  try {
    return new TextDecoder(label, { fatal: true }).decode(new Uint8Array(bytes), options);
  } catch (error) {
    return `${error.name} ${error.code}: ${error.message}`;
  }
};
const streamed = new TextDecoder('utf-16le', { fatal: true });
return [
  read('utf-8', [0x61, 0xff]), read('utf-16le', [0x00, 0xd8]), read('utf-16le', [0x61]), read('utf-16be', [0xdc, 0x00]),
  read('shift_jis', [0x81]), read('euc-jp', [0xa1]), read('windows-1253', [0xd2]),
  read('utf-16le', [0xff, 0xfe, 0x3d, 0xd8, 0x00, 0xde]), read('shift_jis', [0x93, 0xfa]), read('windows-1252', [0x80]),
  read('utf-16le', [0xfd, 0xff]), read('utf-16be', [0x00]),
  streamed.decode(new Uint8Array([0x3d]), { stream: true }) + streamed.decode(new Uint8Array([0xd8, 0x00, 0xde])),
];
