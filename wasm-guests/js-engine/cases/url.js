const url = new URL('/a b?x=1&y=%20z#top', 'https://user:pw@example.com:8443/dir/');
const all = { parts: [url.href, url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port, url.pathname, url.search, url.hash] };
url.searchParams.append('neu', 'ä&');
url.pathname = '/c';
url.hash = '';
all.changed = String(url);
url.search = '?q=2';
all.followed = [url.searchParams.get('q'), url.searchParams.get('x')];
all.json = JSON.stringify({ url });
const refused = [];
for (const bad of ['nonsense', '', 'http://', '//x']) {
  try {
    new URL(bad);
    refused.push('worked');
  } catch (error) {
    refused.push(error instanceof TypeError);
  }
}
all.refused = refused;
all.can = [URL.canParse('https://a.de'), URL.canParse('a'), URL.parse('a'), URL.parse('b', 'https://a.de').href];
const params = new URLSearchParams('?a=1&a=2&b=%FF&c=+x&=&d');
all.params = [params.getAll('a'), params.get('b'), params.get('c'), params.get('z'), params.has('d'), params.size, params.toString()];
params.set('a', '3');
params.delete('b');
params.sort();
all.edited = [...params];
all.made = [new URLSearchParams({ a: 1, b: 'x y' }).toString(), new URLSearchParams([['k', 'v*~!']]).toString(), [...new URLSearchParams('a=1').keys()], `${new URLSearchParams(new URLSearchParams('z=9'))}`];
return all;
