const all = [];
let page = 1;
let next = `https://api.example.com/items?per_page=2&page=${page}`;
while (next) {
  const response = await ld.request({ method: 'GET', url: next, headers: { Authorization: 'Bearer ' + data.auth.token } });
  if (response.status !== 200) throw new Error(`Page ${page} failed: ${response.status}`);
  all.push(...response.json);
  const link = response.headers['Link'] || '';
  next = /<([^>]+)>;\s*rel="next"/.exec(link)?.[1];
  page++;
}
return { count: all.length, ids: all.map(({ id }) => id) };
