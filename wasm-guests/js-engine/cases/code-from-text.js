const template = (text) => new Function('name', `return '${text}'.replace('NAME', name)`);
return template('Dear NAME')('Ada');
