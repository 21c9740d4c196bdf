const url = 'https://api.example.com/a';
for (const timeout of [0, 0, -1, undefined, 0.5]) await ld.request({ url, timeout });
return 1;
