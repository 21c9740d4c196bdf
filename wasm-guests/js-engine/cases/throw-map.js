throw new Map([['status', 500]]);
