if (data.input.id) {
  return 1;
}
}
ld.log('outside');
