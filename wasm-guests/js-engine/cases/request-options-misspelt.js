await ld.request({ url: 'https://api.example.com/a', header: { a: 'b' }, Method: 'PUT', time_out: 1, parms: {}, cache: 'no' });
return 1;
