setTimeout(() => ld.log('too late'), 60000);
setInterval(() => ld.log('too late'), 60000);
ld.request({ url: 'https://api.example.com/audit', method: 'POST' }).then(() => ld.log('too late'));
ld.request({ url: 'https://api.example.com/report' });
return 'done';
