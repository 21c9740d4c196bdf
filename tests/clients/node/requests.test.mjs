// Requests of imported actions, judged by Prism: a server that knows the description, too, and says what is wrong with
// each request by it. Arguments are made from the schemas that a model sees.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import formats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';

import { Agent, textOf } from './agents.mjs';
import { argumentsFor, NothingFits } from './arguments.mjs';
import { JUDGED } from './descriptions.mjs';
import { Judge, READING } from './judge.mjs';
import { Product, SETTINGS } from './product.mjs';

const DOOR = { client: 'client-2-auto', transport: 'stdio' };
const DIRECT = SETTINGS.replace('tools_page_size = 2', 'tools_page_size = 50') + '[finding]\nmode = "direct"\n';
/** What the report says of schemas that are not whole: what is not in them cannot be given. */
const CUT = /cut to their type/;

for (const [name, path, isOurs] of JUDGED) {
    describe(name, () => {
        it('sends what its description asks for', { timeout: 3 * READING }, async (test) => {
            const found = await judged(name, path);
            for (const line of found.unjudged) test.diagnostic(`cannot be judged: ${line}`);
            for (const line of found.cut) test.diagnostic(`its schema was cut: ${line}`);
            test.diagnostic(`${found.tools} tools, ${found.requests} requests, ${found.skipped} operations left out`);
            assert.deepEqual(found.wrong, []);
            // Of the descriptions that are kept with the tests every action can be judged.
            if (isOurs) assert.deepEqual([...found.unjudged, ...found.cut], []);
        });
    });
}

/** Every tool of the description called with the least and with the most arguments, and what Prism says of it. */
async function judged(name, path) {
    const product = await Product.start(DIRECT);
    // Descriptions tell their readers of headers of that name.
    product.secrets = product.secrets.filter((secret) => secret !== 'x-api-key');
    const judge = new Judge();
    let agent;
    try {
        await judge.start(path, product.folder);
        const { imported, skipped } = await product.importDescription(path, name, judge.address);
        const reported = new Map(imported.map((one) => [`${name}__${one.action}`, one]));
        await product.storeSecrets(name);
        agent = await Agent.connect(DOOR, product, 'accept');
        const tools = (await agent.tools()).filter((tool) => tool.name.startsWith(`${name}__`));
        assert.equal(tools.length, imported.length);
        const ajv = formats(new Ajv({ strict: false, allErrors: true, formats: { file: true } }));
        const found = { tools: tools.length, requests: 0, skipped: skipped.length, wrong: [], unjudged: [], cut: [] };
        for (const tool of tools) {
            const { notes = [], changes = {} } = reported.get(tool.name);
            // A connector authenticates in one way; operations that ask for another are imported with a note, and so are
            // those with a credential among their parameters.
            const isUnauthorised = notes.some((note) => note.includes('does not send'));
            const left = notes.map((note) => /`(.*)` is left to `\[auth\]`/.exec(note)?.[1]).filter(Boolean);
            const isOfAuthentication = ({ code, message }) =>
                (code === 401 && isUnauthorised) || left.some((key) => message.endsWith(`'${key}'`));
            const isCut = Object.keys(changes).some((change) => CUT.test(change));
            for (const how of ['least', 'most']) {
                const args = fitting(ajv, tool.inputSchema, how);
                if (args instanceof Error) {
                    found.unjudged.push(`${tool.name}, ${how}: ${args.message}`);
                    continue;
                }
                await judge.revive();
                judge.verdicts.length = 0;
                const result = await agent.call(tool.name, args, { timeout: READING });
                // What Prism makes up may not be what the description promises; only the request is judged.
                const [verdict] = judge.verdicts;
                const about = `${tool.name} ${JSON.stringify(args)}`;
                if (!verdict) {
                    found.wrong.push(`${about}: no request: ${textOf(result)}`);
                    continue;
                }
                found.requests += 1;
                const violations = verdict.violations.filter(
                    (one) => one.severity === 'Error' && !isOfAuthentication(one),
                );
                const isFine = !violations.length && verdict.status !== 404;
                if (verdict.problem) found.unjudged.push(`${about}: ${verdict.line}: ${verdict.problem}`);
                else if (!isFine) {
                    const isOfCut = isCut && violations.every(({ location }) => location[1] === 'body');
                    const said = JSON.stringify(violations);
                    found[isOfCut ? 'cut' : 'wrong'].push(`${about}: ${verdict.line} ${verdict.body}: ${said}`);
                }
            }
        }
        return found;
    } finally {
        await agent?.close();
        await judge.close();
        await product.close();
    }
}

/** Arguments that `schema` takes, or why there are none. What is optional and wrong is left out. */
function fitting(ajv, schema, how) {
    const fits = ajv.compile(schema);
    let problem;
    for (const way of how === 'most' ? ['most', 'made'] : [how]) {
        try {
            const args = argumentsFor(schema, way);
            if (fits(args)) return args;
            problem = new NothingFits(ajv.errorsText(fits.errors));
            const wrong = new Set(fits.errors.map(({ instancePath }) => unescaped(instancePath.split('/')[1])));
            if (way === 'most' || [...wrong].some((name) => schema.required?.includes(name))) continue;
            for (const name of wrong) delete args[name];
            if (fits(args)) return args;
        } catch (error) {
            if (!(error instanceof NothingFits)) throw error;
            problem = error;
        }
    }
    return problem;
}

/** A part of a JSON pointer as a name. */
function unescaped(part = '') {
    return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
