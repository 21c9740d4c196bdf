// localeCompare in the order that V8 gives where nothing else is asked for: the root of the Unicode collation (UTS 10), as
// far as common letters go. Letters first, then their marks, then their case, so that "anna" stands before "Zoe" and
// "Ärger" beside "Arger". The order of one language alone is not known.
(function (host, kit) {
  'use strict';

  // Not made of a letter and a mark, but ordered like these; a letter with another form at the end of a word; and signs that
  // typesetters put where others write those of ASCII.
  const SPELLED = {
    ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't', ı: 'i', ſ: 's', ª: 'a', º: 'o', µ: 'μ', ς: 'σ',
    '\u00a0': ' ', '‘': "'", '’': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '–': '-', '—': '-', '¡': '!', '¿': '?',
  };
  const UNUSUAL = new RegExp(`[${Object.keys(SPELLED).join('')}]`, 'g');

  // What the host says of texts that have the same letters.
  const ALIKE = 2;

  // Whatever is no ASCII as letters with their marks behind them, in lower case.
  const isPlain = (text) => !/[^\x00-\x7f]/.test(text);
  const spelled = (text) => text.toLowerCase().normalize('NFD').replace(UNUSUAL, (letter) => SPELLED[letter]);

  // The host compares letters, and is told once what each character of the first plane stands for: page by page, because
  // all memory that is used here is part of the engine. Hangul it takes apart by itself.
  function tellLetters(page) {
    const whole = Array.from({ length: 256 }, (_, at) => String.fromCharCode(page * 256 + at));
    const characters = whole.filter((character) => !isPlain(character));
    const letters = spelled(characters.join('\n')).replace(/\p{M}/gu, '').split('\n');
    characters.forEach((character, at) => {
      if (letters[at].length > 2) throw new RangeError(`${character} is made of more letters than the host keeps`);
      if (letters[at] !== character) host.standsFor(character.charCodeAt(0), letters[at]);
    });
  }
  for (let page = 0; page < 256; page++) if (page < 0xac || page > 0xdf) tellLetters(page);

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

  // The order of texts that have the same letters.
  function byMarks(one, other, sensitivity) {
    if (sensitivity !== 'case' && !(isPlain(one) && isPlain(other))) {
      const [first, second] = [spelled(one), spelled(other)];
      if (first !== second) return first < second ? -1 : 1;
    }
    return sensitivity === 'accent' ? 0 : byCase(one, other);
  }

  kit.define(String.prototype, 'localeCompare', function localeCompare(that, locales = undefined, options = undefined) {
    if (this === null || this === undefined) throw new TypeError('localeCompare needs a text');
    const one = String(this);
    const other = String(that);
    if (one === other) return 0;
    const sensitivity = options?.sensitivity ?? 'variant';
    const order = host.compare(one, other, options?.numeric === true, sensitivity !== 'base');
    return order === ALIKE ? byMarks(one, other, sensitivity) : order;
  });
});
