const a = 1;
interface Person { name: string }
return a;
