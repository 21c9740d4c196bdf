return [undefined, 1];
