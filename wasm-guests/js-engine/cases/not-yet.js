try {
  ld.json2csv([{ a: 1 }]);
} catch (error) {
  return [error.message, typeof ld.nothingLikeThis];
}
