const told = (text) => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const frames = error.stack.split('\n').slice(1).map((frame) => frame.trim());
    return [error instanceof SyntaxError, error.message, frames[0]];
  }
};
const seen = ['<html>no</html>', 'hello', undefined, {}, '', '{"a":1,}', '{"a":1'].map((text) => told(text)[1]);
return { seen, first: told('\n<x>'), reviver: (() => {
  try {
    JSON.parse('[1]', () => { throw new SyntaxError('own'); });
  } catch (error) {
    return error.message;
  }
})() };
