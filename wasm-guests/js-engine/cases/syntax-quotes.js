const a = 1;
return “abc”;
