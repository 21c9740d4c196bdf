let list = [];
for (let level = 0; level < 10000; level++) list = [list];
throw list;
