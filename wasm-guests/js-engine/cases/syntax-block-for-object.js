const items = [{ id: 1, name: "a" }];
return items.map(x => { id: x.id, name: x.name });
