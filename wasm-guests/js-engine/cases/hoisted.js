return downloadFile();
async function downloadFile() {
  return { fileName: 'a.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([1, 2, 3]) };
}
