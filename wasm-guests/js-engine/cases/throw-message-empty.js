throw { message: '', code: 7 };
