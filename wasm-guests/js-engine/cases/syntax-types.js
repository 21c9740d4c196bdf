const name: string = data.input.name;
return name;
