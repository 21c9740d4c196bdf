// Talks without end.
for (let line = 0; line < 5000; line++) {
  ld.log('line', line, {of: 'nothing'});
}
return 'done';
