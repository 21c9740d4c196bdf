const e = { toString: () => 'e\u0301' };
let refused;
try {
  'a'.normalize('x');
} catch (error) {
  refused = error.name;
}
return ['e\u0301'.normalize(), String.prototype.normalize.call(e), 'ﷺ'.normalize('NFKD').length, ''.normalize.length, ''.normalize.name, refused];
