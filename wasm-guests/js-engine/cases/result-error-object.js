try {
  null.items;
} catch (error) {
  return { success: false, error, at: 'items' };
}
