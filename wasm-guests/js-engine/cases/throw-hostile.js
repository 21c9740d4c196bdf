throw { get message() { throw new Error('again'); }, toJSON() { throw new Error('more'); }, toString() { throw 1; } };
