// Nobody awaits these; the action ends long before they are answered.
ld.request({ url: 'https://api.example.com/lost', method: 'POST' });
ld.request({ url: 'https://api.example.com/handled', method: 'DELETE' }).catch((error) => ld.log('handled:', error.message));
ld.request({ url: 'https://api.example.com/done', method: 'PUT' }).then(() => ld.log('too late'));
return 'done';
