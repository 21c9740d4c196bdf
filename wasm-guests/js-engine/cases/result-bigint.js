return { n: 1n };
