const original = { when: new Date(0), list: [1, { deep: true }], map: new Map([['k', new Set([1])]]), bytes: new Uint8Array([1, 2]), text: /a+/gi, nothing: undefined, error: new RangeError('far') };
original.self = original;
const copy = structuredClone(original);
original.list[1].deep = false;
original.bytes[0] = 9;
let refused;
try {
  structuredClone({ f() {} });
} catch (error) {
  refused = error.name;
}
return [copy.self === copy, copy.when.toISOString(), copy.list[1].deep, [...copy.map.get('k')], [...copy.bytes], String(copy.text), 'nothing' in copy, copy.error instanceof RangeError, copy.error.message, refused];
