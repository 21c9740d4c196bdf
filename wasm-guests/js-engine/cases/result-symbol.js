return Symbol('total');
