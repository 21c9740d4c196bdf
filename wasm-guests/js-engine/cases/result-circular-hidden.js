const a = {};
a.b = { toJSON: () => [a] };
return a;
