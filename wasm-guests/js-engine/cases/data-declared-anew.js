const data = await Promise.resolve([{ name: 'Ada' }]);
const ld = 1, env = 2;
return { files: { fileName: 'a.csv', mimeType: 'text/csv', text: data.map((one) => one.name).join() }, sum: ld + env };
