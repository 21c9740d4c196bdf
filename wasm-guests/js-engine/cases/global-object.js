// How libraries find the global object, so that they can be bundled.
var freeGlobal = typeof global == 'object' && global && global.Object === Object && global;
var freeSelf = typeof self == 'object' && self && self.Object === Object && self;
var root = freeGlobal || freeSelf || Function('return this')();
return [root === globalThis, freeSelf === globalThis, Object.keys(globalThis).includes('global')];
