const f = (first) => {
  let first = 2;
  return first;
};
return f(1);
