// The author's line is in the stack of a failed request.
const first = 1;
const answer = await ld.request({ url: 'https://api.example.com/' });
return answer;
