function f(a: number) { return a; }
return f(1);
