try {
  null.x;
} catch (error) {
  ld.log('failed:', error);
}
return null;
