const invalid = new Date(NaN);
try {
  invalid.toISOString();
} catch (error) {
  return [String(error), invalid.toJSON(), new Date(0).toISOString()];
}
