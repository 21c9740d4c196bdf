// Lists of names are long, and have letters of all languages.
const given = ['Ärger', 'Émile', 'Łódź', 'Zoë', 'Müller', 'Ångström', 'İstanbul', 'Ñandú', 'Øystein', 'Čapek', 'Ωmega', 'Яна', '한글', '日本'];
const names = [];
for (let seed = 1, at = 0; at < 30000; at++) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  names.push(`${given[seed % given.length]} ${seed.toString(36)}`);
}
names.sort((one, other) => one.localeCompare(other));
const letters = (text) => text.split(' ')[0];
return [names.length, [...new Set(names.map(letters))]];
