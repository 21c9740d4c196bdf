// What a user of the TypeScript clients meets: finding tools, reading, failing, being asked, changes, cancelling.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { Agent, DOORS, textOf } from './agents.mjs';
import { eventually, Product } from './product.mjs';

const WRITE = 'demo_crm__create_ticket';
const TICKET = { customer_id: 'cust_1001', title: 'The invoice is wrong', priority: 'high' };
const LIMIT = { timeout: 60_000 };

/** Runs `body` with a connected agent, and ends everything that was started. */
async function withAgent(door, body, { action, settings } = {}) {
    const product = await Product.start(settings);
    let agent;
    try {
        agent = await Agent.connect(door, product, action);
        await body(agent, product);
    } finally {
        await agent?.close();
        await product.close();
    }
}

function approvalId(result) {
    assert.ok(result.isError);
    assert.match(textOf(result), /APPROVAL_REQUIRED/);
    return /\b[0-9a-f]{32}\b/.exec(textOf(result))[0];
}

for (const door of DOORS) {
    describe(door.name, () => {
        it('finds every tool, hears what the server is for, and reads', LIMIT, () => withAgent(door, async (agent) => {
            assert.match(agent.client.getInstructions(), /demo_crm/);
            const names = await agent.toolNames();
            for (const name of ['get_customer', 'search_customers', 'create_ticket', 'wait']) {
                assert.ok(names.includes(`demo_crm__${name}`), name);
            }
            assert.equal(new Set(names).size, names.length);
            assert.deepEqual(await agent.toolNames(), names);
            const read = await agent.call('demo_crm__get_customer', { customer_id: TICKET.customer_id });
            assert.equal(read.structuredContent?.name, 'Astrid Lindqvist', textOf(read));
        }));

        it('fails in ways that a model can act on', LIMIT, () => withAgent(door, async (agent, product) => {
            const wrong = await agent.call('demo_crm__search_customers', { query: 'a', limit: 'many' });
            assert.ok(wrong.isError);
            assert.match(textOf(wrong), /INVALID_REQUEST[^]*\/limit/);
            await assert.rejects(agent.call('demo_crm__get_custumer', {}), { code: -32602, message: /demo_crm__get_customer/ });
            assert.equal((await product.requests()).length, 0);
            const missing = await agent.call('demo_crm__get_customer', { customer_id: 'no-such-customer' });
            assert.ok(missing.isError);
            assert.match(textOf(missing), /ENDPOINT_NOT_FOUND[^]*404/);
        }));

        for (const [action, leaves, code] of [['accept', 1], ['decline', 0, /APPROVAL_DENIED/], ['cancel', 0, /APPROVAL_/]]) {
            it(`asks before a write: ${action}`, LIMIT, () => withAgent(door, async (agent, product) => {
                const result = await agent.call(WRITE, TICKET);
                assert.equal(Boolean(result.isError), leaves === 0, textOf(result));
                if (code) assert.match(textOf(result), code);
                assert.equal((await product.requests('POST')).length, leaves);
                assert.equal(agent.questions.length, 1);
                assert.match(agent.questions[0].message, /POST[^]*The invoice is wrong/);
            }, { action }));
        }

        it('lets an operator decide where nobody can be asked', LIMIT, () => withAgent(door, async (agent, product) => {
            const asked = approvalId(await agent.call(WRITE, TICKET));
            await product.run('approvals', 'approve', asked);
            const result = await agent.call(WRITE, TICKET);
            assert.ok(!result.isError, textOf(result));
            assert.notEqual(approvalId(await agent.call(WRITE, TICKET)), asked);
            assert.equal((await product.requests('POST')).length, 1);
        }));

        it('reports progress while it waits for an operator', LIMIT, () => withAgent(door, async (agent, product) => {
            let told;
            const first = new Promise((resolve) => (told = resolve));
            const call = agent.call(WRITE, TICKET, { onprogress: told });
            await Promise.race([first, call]);
            const [pending] = await product.ask('approvals', 'list');
            await product.run('approvals', 'approve', pending.id);
            const result = await call;
            assert.ok(!result.isError, textOf(result));
            assert.equal((await product.requests('POST')).length, 1);
        }, { settings: '[server]\ntools_page_size = 2\n[approvals]\nwait_ms = 30000\n[http]\nlegacy_sse = true\n' }));

        it('hears of new tools, and keeps the old ones after a broken edit', LIMIT, () => withAgent(door, async (agent, product) => {
            const file = join(product.services, 'more.toml');
            const before = await agent.toolNames();
            writeFileSync(file, `[[actions]]\nname = "extra"\ndescription = "One more"\nmethod = "GET"\npath = "/customers"\n`);
            await eventually(() => agent.changes > 0, 'a word that the tools changed');
            const edited = await agent.toolNames();
            assert.deepEqual(edited.filter((name) => !before.includes(name)), ['demo_crm__extra']);
            const said = readFileSync(product.stderr).length;
            writeFileSync(file, '[[actions]\n');
            await eventually(() => readFileSync(product.stderr).subarray(said).includes('more.toml'), 'a word about the broken edit');
            assert.deepEqual(await agent.toolNames(), edited);
        }));

        it('stops the request of a cancelled call', LIMIT, () => withAgent(door, async (agent, product) => {
            const cancel = new AbortController();
            const call = agent.call('demo_crm__wait', { milliseconds: 60_000 }, { signal: cancel.signal });
            call.catch(() => {});
            await eventually(async () => (await product.requests('GET', '/slow')).length, 'the request at the API');
            cancel.abort();
            await assert.rejects(call);
            await eventually(async () => (await product.requests('GET', '/slow'))[0].state === 'disconnected', 'the API to see the disconnect');
            await eventually(async () => (await product.ask('logs')).length === 1, 'the call in the audit log');
        }));
    });
}
