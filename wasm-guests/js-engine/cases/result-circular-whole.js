const a = { shared: {}, files: [] };
a.more = [a.shared, a];
return a;
