const load = 1;
function load() {}
return load;
