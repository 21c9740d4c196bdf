const a = { b: [1, { x: { y: 2 } }], when: new Date(0) };
a.b[1]["c/d"] = a.b;
return a;
