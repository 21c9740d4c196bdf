const first = await ld.request({ url: 'https://api.example.com/json' });
const second = await ld.request({ url: 'https://api.example.com/text' });
const third = await ld.request({ url: 'https://api.example.com/latin', responseType: 'text' });
const fourth = await ld.request({ url: 'https://api.example.com/bytes', responseType: 'stream' });
const fifth = await ld.request({ url: 'https://api.example.com/empty', method: 'HEAD' });
const { status, json, ...rest } = first;
return {
  first: [status, first.ok, json, first.text, first.body, first.buffer.toString('hex').slice(0, 4), Object.keys(rest)],
  headers: [first.headers['retry-after'], first.headers['Retry-After'], first.headers.absent, 'RETRY-AFTER' in first.headers, Object.keys(first.headers), first.headers['set-cookie']],
  asked: [first.headers.get('Retry-After'), first.headers.get('absent'), first.headers.has('SET-COOKIE'), first.headers.has('absent'), 'get' in first.headers],
  second: [second.status, second.ok, second.json, second.text],
  third: [third.text, third.json],
  fourth: [fourth.success, Buffer.isBuffer(fourth.buffer), Buffer.from(fourth.buffer).toString('base64'), fourth.buffer.byteLength, new Uint8Array(fourth.buffer)[1], Object.keys(fourth)],
  fifth: [fifth.status, fifth.text, fifth.json, fifth.headers['Content-Length']],
  printed: JSON.stringify(second),
};
