return /a/gg.test('b');
