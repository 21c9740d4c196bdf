function load(url) {
  const answer = await ld.request({ url });
  return answer;
}
return load('/x');
