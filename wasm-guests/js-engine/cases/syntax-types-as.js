const name = data.input as any;
return name;
