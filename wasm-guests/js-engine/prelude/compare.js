// localeCompare in the order that V8 gives where nothing else is asked for: the root of the Unicode collation (UTS 10), as
// far as common letters go. Letters first, then their marks, then their case, so that "anna" stands before "Zoe" and
// "Ärger" beside "Arger". The order of one language alone is not known.
(function (host, kit) {
  'use strict';

  const ORDER = host.beforeLetters;
  // Not made of a letter and a mark, but ordered like these.
  const SPELLED = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

  // What the host says of texts that it leaves to what follows.
  const NOT_ASCII = 2;

  // Other letters come behind these, by their code.
  const BEHIND = 256;
  const weights = new Uint16Array(128);
  for (let at = 0; at < ORDER.length; at++) weights[ORDER.charCodeAt(at)] = at + 1;
  for (let at = 0; at < 26; at++) weights[97 + at] = weights[65 + at] = 100 + at;
  const weight = (code) => (code < 128 ? weights[code] : BEHIND + code);
  const isDigit = (code) => code >= 48 && code <= 57;

  // Whatever is no ASCII as letters with their marks behind them, in lower case.
  const isPlain = (text) => !/[^\x00-\x7f]/.test(text);
  const spelled = (text) => text.toLowerCase().normalize('NFD').replace(/[ßæœøłđı]/g, (letter) => SPELLED[letter]);
  const unmarked = (text) => text.replace(/\p{M}/gu, '');

  // Negative, zero or positive, by `weight`; runs of digits by their value if `numeric`.
  function byLetters(one, other, numeric) {
    let at = 0;
    let to = 0;
    while (at < one.length && to < other.length) {
      const code = one.charCodeAt(at);
      const against = other.charCodeAt(to);
      if (numeric && isDigit(code) && isDigit(against)) {
        const run = (text, from) => {
          let end = from;
          while (isDigit(text.charCodeAt(end))) end++;
          return [end, text.slice(from, end).replace(/^0+/, '')];
        };
        const [end, digits] = run(one, at);
        const [endOther, digitsOther] = run(other, to);
        if (digits.length !== digitsOther.length) return digits.length - digitsOther.length;
        if (digits !== digitsOther) return digits < digitsOther ? -1 : 1;
        at = end;
        to = endOther;
        continue;
      }
      if (code !== against) {
        const difference = weight(code) - weight(against);
        if (difference !== 0) return difference;
      }
      at++;
      to++;
    }
    return one.length - at - (other.length - to);
  }

  // Lower case first, at the first letter that differs.
  function byCase(one, other) {
    const [first, second] = [one.normalize('NFD'), other.normalize('NFD')];
    for (let at = 0; at < first.length && at < second.length; at++) {
      if (first[at] === second[at]) continue;
      const [isLower, isOtherLower] = [first, second].map((text) => text[at] === text[at].toLowerCase());
      if (isLower !== isOtherLower) return isLower ? -1 : 1;
      return first[at] < second[at] ? -1 : 1;
    }
    return 0;
  }

  function compare(one, other, numeric, sensitivity) {
    const plain = isPlain(one) && isPlain(other);
    const [first, second] = plain ? [one, other] : [spelled(one), spelled(other)];
    const letters = plain ? byLetters(first, second, numeric) : byLetters(unmarked(first), unmarked(second), numeric);
    if (letters !== 0) return letters;
    if (!plain && sensitivity !== 'base' && sensitivity !== 'case' && first !== second) return first < second ? -1 : 1;
    return sensitivity === 'base' || sensitivity === 'accent' ? 0 : byCase(one, other);
  }

  kit.define(String.prototype, 'localeCompare', function localeCompare(that, locales = undefined, options = undefined) {
    if (this === null || this === undefined) throw new TypeError('localeCompare needs a text');
    const [one, other] = [String(this), String(that)];
    if (one === other) return 0;
    if (options === undefined) {
      const order = host.compare(one, other);
      if (order !== NOT_ASCII) return order;
    }
    return Math.sign(compare(one, other, options?.numeric === true, options?.sensitivity ?? 'variant'));
  });
});
