const a = 1;
const b = {
  title: 'x'
  text: 'y',
};
