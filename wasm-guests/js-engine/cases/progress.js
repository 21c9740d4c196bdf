ld.progress(1, 3, 'first');
ld.progress(2);
return null;
