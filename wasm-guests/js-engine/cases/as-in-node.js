// Small things that code of Node counts on.
const told = [];
for (const make of [() => new URL('nope'), () => { new URL('https://a.example').href = 'nope'; }]) {
  try {
    make();
  } catch (error) {
    told.push([error.name, error.message, error.code, error.input]);
  }
}
return [told, Buffer.concat([]).length, Buffer.concat([], 3).length, Buffer.concat([Buffer.from('a')], 3).length, Buffer.isBuffer(Buffer.concat([]))];
