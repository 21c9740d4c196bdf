if (data.input.a) {
  return 1;
