return ld.request({ url: 'https://api.example.com/a' });
