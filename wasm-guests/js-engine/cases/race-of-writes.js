const slow = ld.request({ url: 'https://api.example.com/slow', method: 'PUT' });
return Promise.race([slow, ld.wait(20).then(() => 'first')]);
