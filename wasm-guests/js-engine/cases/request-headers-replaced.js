// Headers that the host makes itself, and response types that there are not, are told once each.
const url = 'https://api.example.com/a';
for (let time = 0; time < 2; time++) {
  await ld.request({ url, headers: { Host: 'other.example', 'Content-Length': 5, 'ACCEPT-ENCODING': 'gzip', TE: 'trailers', 'X-Te': 'a', Upgrade: undefined } });
}
await ld.request({ url, headers: [['Transfer-Encoding', 'chunked'], ['Expect', '100-continue'], ['Connection', 'close']] });
const kinds = [];
for (const responseType of ['blob', 'blob', 'buffer', 5, 'Text', 'BINARY', 'ArrayBuffer', 'JSON', null]) {
  const answer = await ld.request({ url, responseType });
  kinds.push(Object.keys(answer).filter((name) => ['text', 'json', 'buffer'].includes(name)).join());
}
return kinds;
