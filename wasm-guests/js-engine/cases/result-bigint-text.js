BigInt.prototype.toJSON = function () { return String(this); };
return { id: 12345678901234567890n };
