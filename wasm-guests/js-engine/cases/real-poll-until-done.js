const started = await ld.request({ method: 'POST', url: 'https://api.example.com/exports', body: { format: 'csv' } });
for (let attempt = 0; attempt < 10; attempt++) {
  const { json } = await ld.request({ method: 'GET', url: `https://api.example.com/exports/${started.json.id}` });
  if (json.state === 'done') {
    const file = await ld.request({ method: 'GET', url: json.url, responseType: 'binary' });
    return { files: [{ fileName: 'export.csv', mimeType: 'text/csv', base64: Buffer.from(file.buffer).toString('base64') }], attempt };
  }
  await ld.wait(500);
}
throw new Error('The export did not finish');
