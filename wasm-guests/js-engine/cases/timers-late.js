let ticks = 0;
const busy = () => {
  const until = performance.now() + 3;
  while (performance.now() < until);
};
const timer = setInterval(() => {
  busy();
  if (++ticks === 300) clearInterval(timer);
}, 1);
await ld.request({ url: 'https://api.example.com/slow' });
clearInterval(timer);
let rounds = 0;
let answered = false;
ld.request({ url: 'https://api.example.com/slow' }).then(() => { answered = true; });
while (!answered && rounds < 300) {
  const pause = new Promise((resolve) => setTimeout(resolve, 1));
  busy();
  rounds++;
  await pause;
}
return { interleaved: ticks < 300, yielded: rounds < 300 };
