async function load() {
  const answer = await ld.request({ url: 'https://api.example.com/' });
  return answer.json.items.length;
}
return load();
