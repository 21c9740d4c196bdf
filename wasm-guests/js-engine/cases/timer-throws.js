setTimeout(() => { throw new Error('in a timer'); }, 1);
await ld.wait(5);
return 'still here';
