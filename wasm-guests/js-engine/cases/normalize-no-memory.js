try {
  return 'ﷺ'.repeat(1e6).normalize('NFKD').length;
} catch (error) {
  return [typeof error, error instanceof Error, error.message];
}
