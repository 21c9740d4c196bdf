return { toJSON() { const a = {}; a.a = a; return JSON.stringify(a); } };
