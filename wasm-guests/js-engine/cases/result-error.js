if (!data.input.title) {
  return { error: 'Title is required' };
}
