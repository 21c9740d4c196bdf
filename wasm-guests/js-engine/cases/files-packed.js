const bytes = new Uint8Array([1, 2, 3]);
return { files: [{ fileName: 'a', buffer: bytes.buffer }, { fileName: 'b', buffer: bytes }, { fileName: 'c', text: 't' }], other: Buffer.from('x') };
