const first = ld.request({ url: 'https://api.example.com/1' });
throw new Error('own failure');
