// Asks for everything at the same time.
const all = Array.from({length: 10}, (_, n) => ld.request({url: `https://api.example/${n}`, method: 'GET'}));
return (await Promise.all(all)).length;
