const timer = setTimeout(() => {}, 60000);
clearTimeout(timer);
await new Promise(() => {});
