const f = (a) => `${a.replace(/\p{Foo}/u, '')}`;
return f('b');
