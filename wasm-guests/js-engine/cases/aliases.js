const answer = await fetch(`https://api.example.com/items/${inputs.id}`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${secrets.token}` },
  body: JSON.stringify({ a: 1 }),
});
console.log('since', lastPollTime);
const again = answer.clone();
return [answer.ok, answer.status, answer.headers.get('X-Page'), await answer.json(), await answer.text(), (await answer.arrayBuffer()).byteLength, await again.json(), again.redirected];
