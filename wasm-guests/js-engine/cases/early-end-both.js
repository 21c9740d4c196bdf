}}), (() => {})(), (function (data, ld, env) { return async function action() {
