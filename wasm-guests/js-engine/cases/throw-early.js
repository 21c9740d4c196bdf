function fail() { throw new Error('first line'); }
fail();
