const url = 'https://api.example.com/a';
for (let time = 0; time < 2; time++) await ld.request({ url, method: 'POST', data: { a: 1 }, qs: { b: 2 }, retries: 3 });
await ld.request({ url, method: 'GET', headers: {}, params: {}, body: null, timeout: 5000, responseType: 'text' });
return 'done';
