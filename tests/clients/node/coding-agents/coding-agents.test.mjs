// Claude Code and Codex themselves, each with the settings that `toolgate install` writes for it and a scripted model.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Product, SETTINGS } from '../product.mjs';
import { AGENTS, converse } from './conversation.mjs';
import { callOf } from './model.mjs';

const LIMIT = { timeout: 240_000 };

const READ = callOf('demo_crm__get_customer', { customer_id: 'cust_1001' });
const WRITE = callOf('demo_crm__create_ticket', { customer_id: 'cust_1001', title: 'The invoice is wrong' });

/** Clients are not asked: only the command line decides. */
const ASK_NOBODY = SETTINGS.replace('[approvals]', '[approvals]\nask_clients = false');

/** Runs `body` with the product, and ends it. */
async function withProduct(settings, body) {
    const product = await Product.start(settings);
    try {
        await body(product);
    } catch (error) {
        // What an agent did not do is also missing in the log; why it did not is the error to read.
        await product.close().catch(() => {});
        throw error;
    }
    await product.close();
}

/** The same with an agent that `toolgate install` has told of it. */
function withAgent(name, settings, body) {
    return withProduct(settings, async (product) => {
        await product.run('install', name);
        await body(product, (calls, options) => converse(product, name, calls, options));
    });
}

/** Has Codex send its writes: it asks its own user first, and when it is alone, the answer is no. */
const SEND_WRITES = ['-c', 'mcp_servers.toolgate.default_tools_approval_mode="approve"'];

/** What the agents call themselves, and how each is brought to make a write that nobody decides about. */
const TRAITS = {
    'claude-code': { client: /^claude-code \d/, settings: SETTINGS, args: [] },
    // Its answer to a question would decide, so it is not asked: see below.
    codex: { client: /^codex-mcp-client \d/, settings: ASK_NOBODY, args: SEND_WRITES },
};

for (const name of Object.keys(AGENTS)) {
    const { client, settings, args } = TRAITS[name];

    describe(name, () => {
        it('gives its model the tools as they are listed, and the answer of a read', LIMIT, () =>
            withAgent(name, SETTINGS, async (product, ask) => {
                product.calls = 1;
                const { tools, results, text } = await ask([READ]);
                const listed = await product.ask('tools');
                assert.deepEqual(tools.map((tool) => tool.name).sort(), listed.map((tool) => tool.name).sort());
                const names = (schema) => [Object.keys(schema.properties ?? {}).sort(), schema.required ?? []];
                for (const expected of listed) {
                    const tool = tools.find((tool) => tool.name === expected.name);
                    assert.ok(tool.description.startsWith(expected.description), tool.description);
                    assert.deepEqual(names(tool.schema), names(expected.inputSchema), tool.name);
                }
                assert.match(text, /Credentials are added by the server/, "the server's instructions");
                assert.equal(results.length, 1);
                assert.match(results[0], /"name":"Astrid Lindqvist"/);
                const [row] = await product.ask('logs');
                assert.match(row.client, client);
                assert.equal(row.channel, 'stdio');
            }),
        );

        it('tells its model how a write gets allowed, and makes it once when it is', LIMIT, () =>
            withAgent(name, settings, async (product, ask) => {
                product.calls = 3;
                const [refused] = (await ask([WRITE], { args })).results;
                const [, id] = /APPROVAL_REQUIRED[^]*toolgate approvals approve ([0-9a-f]{32})/.exec(refused) ?? [];
                assert.ok(id, refused);
                assert.equal((await product.requests('POST')).length, 0, 'nothing is sent before it is approved');
                await product.run('approvals', 'approve', id);
                const [made, again] = (await ask([WRITE, WRITE], { args })).results;
                assert.match(made, /"id":"tick_\d+"/);
                assert.match(again, /APPROVAL_REQUIRED/);
                assert.equal((await product.requests('POST')).length, 1);
                for (const row of await product.ask('logs')) assert.match(row.client, client);
            }),
        );

        it('shows a key over HTTP', LIMIT, () =>
            withProduct(SETTINGS, async (product) => {
                const { key } = await product.ask('keys', 'create', '--user', 'ana');
                product.secrets.push(key);
                const server = ['--url', `${await product.serveHttp()}/mcp`];
                await product.run('install', name, ...server, '--header', 'Authorization: Bearer ${TOOLGATE_KEY}');
                product.calls = 1;
                const { results } = await converse(product, name, [READ], { environment: { TOOLGATE_KEY: key } });
                assert.match(results[0], /"name":"Astrid Lindqvist"/);
                const [row] = await product.ask('logs');
                assert.match(row.client, client);
                assert.deepEqual([row.channel, row.user], ['http', 'ana']);
            }),
        );
    });
}

describe('claude-code', () => {
    it('calls a tool that its model has looked for', LIMIT, () =>
        withAgent('claude-code', SETTINGS, async (product, ask) => {
            product.calls = 1;
            const search = { name: 'ToolSearch', arguments: { query: `select:mcp__toolgate__${READ.name}` } };
            const { tools, results, text } = await ask([search, READ], { environment: { ENABLE_TOOL_SEARCH: 'true' } });
            assert.deepEqual(tools.map((tool) => tool.name), [READ.name]);
            assert.match(text, /mcp__toolgate__demo_crm__create_ticket/, 'the model reads the names of all others');
            assert.match(results[1], /"name":"Astrid Lindqvist"/);
        }),
    );
});

describe('codex', () => {
    it('keeps back a write, and no read, while nobody allows it to', LIMIT, () =>
        withAgent('codex', SETTINGS, async (product, ask) => {
            product.calls = 1;
            const [read, write] = (await ask([READ, WRITE])).results;
            assert.match(read, /"name":"Astrid Lindqvist"/);
            assert.match(write, /requires approval/);
            assert.equal((await product.requests('POST')).length, 0);
        }),
    );

    // Nobody is there in either case: what it was told decides.
    for (const [args, answer, decision] of [
        [SEND_WRITES, /APPROVAL_DENIED/, 'denied'],
        [['--dangerously-bypass-approvals-and-sandbox'], /"id":"tick_\d+"/, 'approved'],
    ]) {
        it(`answers for its user, with ${args.at(-1)}: ${decision}`, LIMIT, () =>
            withAgent('codex', SETTINGS, async (product, ask) => {
                product.calls = 1;
                const [result] = (await ask([WRITE], { args })).results;
                assert.match(result, answer);
                assert.equal((await product.requests('POST')).length, decision === 'approved' ? 1 : 0);
                const [row] = await product.ask('logs');
                assert.equal(row.decision, decision);
            }),
        );
    }
});
