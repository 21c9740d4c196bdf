Array.prototype.map = () => { throw new Error('no'); };
JSON.stringify = () => 'changed';
Object.prototype.method = 'DELETE';
Promise.prototype.then = undefined;
return { kept: true };
