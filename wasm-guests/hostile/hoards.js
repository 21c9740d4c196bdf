// Keeps everything that it makes.
const kept = [];
for (;;) {
  kept.push(new Uint8Array(1024 * 1024));
}
