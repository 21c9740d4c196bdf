return 1; }, (() => { throw new Error('outside'); })(), async function action() {
