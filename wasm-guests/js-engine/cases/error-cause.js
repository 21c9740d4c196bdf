function load() {
  throw new TypeError('no items');
}
try {
  try {
    load();
  } catch (cause) {
    throw new Error('the report failed', { cause });
  }
} catch (cause) {
  const outer = new Error('the night job failed', { cause });
  const circle = new Error('round');
  circle.cause = circle;
  ld.log(new Error('odd', { cause: { status: 500 } }));
  ld.log(circle);
  throw outer;
}
