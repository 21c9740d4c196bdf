const s = data.input.text ?? 'a/b';
const ok = /a\/[/]b/.test(s) && s.length / 2 > 1;
// not this: /(abc/
const m = /x/.exec(s) || s.match(/(abc\/d/g);
return { ok, m, other: /(abc/ };
