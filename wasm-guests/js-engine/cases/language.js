const all = {};
all.optional = data.missing?.deep?.er ?? 'default';
all.group = Object.groupBy([1, 2, 3], (n) => (n % 2 ? 'odd' : 'even'));
all.pattern = 'a1b2'.replace(/(?<letter>[a-z])(\d)/g, '$2$<letter>');
all.dynamic = new RegExp(`^${'x'.repeat(3)}$`, 'i').test('XXX');
all.pad = '7'.padStart(3, '0');
all.compare = ['b', 'a', 'C'].sort((one, other) => one.localeCompare(other)).length;
all.date = [new Date('2024-02-29T12:30:00+02:00').toISOString(), new Date(Date.UTC(2024, 0, 31)).getTimezoneOffset(), Date.parse('2024-01-15')];
all.settled = (await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error('no'))])).map((one) => one.status);
all.any = await Promise.any([Promise.reject(1), Promise.resolve(2)]);
all.unescape = [unescape('%u20AC%41'), encodeURIComponent('a b&ü'), decodeURIComponent('%C3%BC')];
all.big = String(12345678901234567890n * 10n);
label: for (const a of [1, 2]) {
  for (const b of [1, 2]) if (b === 2) continue label;
}
for await (const value of (async function* () { yield 1; })()) all.awaited = value;
all.destructured = (({ a, ...rest }) => rest)({ a: 1, b: 2 });
with_undeclared = 5;
all.sloppy = with_undeclared;
all.structures = [new Map([[1, 2]]).get(1), new Set([1, 1]).size, [3, 1].toSorted(), [1, [2]].flat(), Object.fromEntries([['k', 'v']])];
return all;
