const response = await ld.request({ url: 'https://api.example.com/tickets', method: 'POST', body: { title: 'a' } });
if (response.status !== 201) {
  throw new Error(`API returned status ${response.status}`);
}
return response.json;
