return ['é',
  /[z-a]/.test('b')];
