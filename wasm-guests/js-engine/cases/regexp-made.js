const told = (make) => {
  try {
    return make();
  } catch (error) {
    return error.message;
  }
};
class Own extends RegExp {
  twice(text) { return this.test(text) && this.test(text); }
}
const re = /a/g;
return {
  group: told(() => new RegExp('price (USD')),
  called: told(() => RegExp('[z-a]', 'i')),
  flags: told(() => new RegExp('a', 'gg')),
  long: told(() => new RegExp('(' + 'a'.repeat(300))),
  same: RegExp(re) === re && RegExp(re, 'i') !== re && new RegExp(re) !== re,
  kinds: [re instanceof RegExp, re.constructor === RegExp, new RegExp('b').constructor === RegExp, RegExp.name, RegExp.length],
  own: [new Own('^b').twice('bc'), new Own('b') instanceof Own, new Own('b') instanceof RegExp, new Own('b').constructor === Own],
  split: 'a1b22c'.split(/\d+/),
  all: [...'a1b22c'.matchAll(/\d+/g)].map(([found]) => found),
  escape: RegExp.escape?.('a.b'),
  symbol: told(() => new RegExp(Symbol('a'))),
};
