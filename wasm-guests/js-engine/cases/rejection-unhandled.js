Promise.reject(new Error('nobody looks'));
const later = Promise.reject(new Error('looked at later'));
await ld.wait(1);
await later.catch(() => {});
return 1;
