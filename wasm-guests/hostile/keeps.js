// Keeps much while it waits.
const kept = new Uint8Array(48 * 1024 * 1024).fill(1);
await ld.request({ url: "https://api.example.com/slow" });
return kept.length;
