const ids = [1, 2];
const all = ids.map((id) => await ld.request({ url: `/x/${id}` }));
return all;
