const slow = ld.request({ url: 'https://api.example.com/slow' });
const limit = new Promise((_, reject) => setTimeout(() => reject(new Error('too slow')), 20));
return Promise.race([slow, limit]).catch((error) => error.message);
