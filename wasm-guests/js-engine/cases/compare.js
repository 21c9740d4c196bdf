// The order that V8 gives texts without a locale of one's own.
const sort = (texts, options) => texts.sort((one, other) => one.localeCompare(other, undefined, options)).join(' ');
return {
  names: sort(['Zoe', 'anna', 'Ärger', 'arg', 'Arger', 'bob', 'Anna', 'émile', 'Emil', 'Łódź', 'lodz']),
  signs: sort(['a-b', 'a_b', 'ab', 'a b', 'a.b', 'a1', 'A0', '#', '~', '$']),
  numbers: sort(['file 10', 'file 9', 'File 010', 'file 1'], { numeric: true }),
  typeset: sort(['zoo', 'O’Brien', 'OBrien', "O'Casey", 'a\u00a0b', 'a c', 'Ðóra', 'dora', 'e', '¿que?', '“A”', 'Μ', 'µ']),
  beyond: sort(['я', 'Ω', 'z', 'а', '日', 'ß', 'st', 'ss']),
  equal: ['a'.localeCompare('A', undefined, { sensitivity: 'base' }), 'e'.localeCompare('É', 'en', { sensitivity: 'accent' }), 'é'.localeCompare('e\u0301'), ''.localeCompare('')],
  // With options the same comparison is made another way.
  alike: ['a-b A_b', 'aB', 'ab', 'Ab', 'AB', 'a\u0001b', 'a\u0002b', '', 'a b', '10', '9', 'z'].every((one, _, all) =>
    all.every((other) => one.localeCompare(other) === one.localeCompare(other, undefined, {}))),
  ordered: ['b'.localeCompare('a'), 'a'.localeCompare('ab'), 'a'.localeCompare(undefined)],
};
