// A text has a type of its own, a failure is a TypeError, and a redirect that is not to be followed is told.
const url = 'https://api.example.com/a';
await fetch(url, { method: 'POST', body: 'a' });
await fetch(url, { method: 'POST', body: 'a', headers: new Headers({ 'content-type': 'text/csv' }), redirect: 'follow' });
await fetch(url, { method: 'POST', body: new URLSearchParams({ a: 1 }) });
await fetch(url, { method: 'POST', body: Buffer.from('a'), redirect: 'manual' });
await ld.request({ url, method: 'POST', body: 'a' });
const failed = [];
for (const ask of [fetch, (address) => ld.request({ url: address })]) {
  try {
    await ask(url);
  } catch (error) {
    failed.push([error instanceof TypeError, error.name, error.message, error.code, error.stack.split('\n')[1].trim()]);
  }
}
return failed;
