const urls = Array.from({ length: 8 }, (_, n) => `https://api.example.com/${n}`);
const answers = await Promise.all(urls.map((url) => ld.request({ url })));
const one = await ld.request({ url: 'https://api.example.com/8' });
return [...answers, one].map((answer) => answer.json);
