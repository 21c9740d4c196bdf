const url = 'https://api.example.com/a';
await ld.request({ url, params: new Map([['a', 'b'], ['c', ['d', 'e']]]) });
await ld.request({ url, params: [['a', 'b'], ['c', 1]] });
await ld.request({ url, method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new Map([['a', 'b c']]) });
const refused = [];
for (const options of [{ params: ['a'] }, { headers: ['a'] }]) {
  try {
    await ld.request({ url, ...options });
  } catch (error) {
    refused.push(`${error.name}: ${error.message}`);
  }
}
return refused;
