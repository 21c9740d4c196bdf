await ld.request({ url: 'https://api.example.com/' });
await ld.request({ url: new URL('https://api.example.com/x'), method: ' propfind ', timeout: 1500.2, headers: { Depth: 1, 'X-None': null, 'X-Flag': true } });
await ld.request({ url: 'https://api.example.com/x?a=1#part', params: { since: new Date(0), limit: 10, none: null, gone: undefined, flag: false, many: ['a', 'b c'], text: 'ü&=' }, timeout: 'soon' });
await ld.request({ url: 'https://api.example.com/x?', params: new URLSearchParams('q=1'), timeout: 0 });
await ld.request({ url: 'https://api.example.com/x', params: {}, headers: [['A', 'b']] });
const refused = [];
for (const bad of [undefined, null, 'https://api.example.com/', {}, { url: null }]) {
  await ld.request(bad).catch((error) => refused.push(`${error.name}: ${error.message}`));
}
return [...new Set(refused)];
