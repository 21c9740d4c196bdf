throw { message: 'inside' };
