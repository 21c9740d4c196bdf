const begun = performance.now();
const urls = Array.from({ length: 8 }, (_, n) => `https://api.example.com/${n}`);
const answers = await Promise.all(urls.map((url) => ld.request({ url })));
const took = performance.now() - begun;
return [answers.map((answer) => answer.json), took >= 100, took < 400];
