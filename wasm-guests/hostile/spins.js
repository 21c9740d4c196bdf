// Computes for ever, and catches whatever it can.
for (;;) {
  try {
    for (;;) {}
  } catch {
    // Again.
  }
}
