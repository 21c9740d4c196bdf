// OpenAPI descriptions to import: names of connectors, and files.

import { delimiter, join, parse } from 'node:path';

const folder = join(import.meta.dirname, '../../cases/openapi');

const committed = ['bar', 'circular', 'museum', 'styles'].map((name) => [name, join(folder, name, 'openapi.yaml')]);
committed.push(['security', join(folder, 'security/openapi.json')]);
committed.push(['separate', join(folder, 'separate/spec/openapi.yaml')]);

/** `TOOLGATE_DESCRIPTIONS` names further ones, separated as in PATH. */
const others = (process.env.TOOLGATE_DESCRIPTIONS ?? '').split(delimiter).filter(Boolean);

/** Every description that there is. */
export const DESCRIPTIONS = [...committed, ...others.map((path) => [nameOf(path), path])];

/** Those that Prism can judge requests of, and whether they are committed: it dies of some of the others, or cannot load
 * them. */
export const JUDGED = DESCRIPTIONS.filter(([, path]) => others.includes(path) || /museum|bar/.test(path)).map(
    ([name, path]) => [name, path, !others.includes(path)],
);

function nameOf(path) {
    return parse(path).name.toLowerCase().replaceAll(/\W+/g, '_').slice(0, 12).replace(/_+$/, '');
}
