// What a user of the TypeScript clients meets: finding tools, reading, failing, being asked, changes, cancelling.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { Client as OldClient } from '@modelcontextprotocol/sdk-before-empty-events/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk-before-empty-events/client/streamableHttp.js';

import { Agent, DOORS, textOf } from './agents.mjs';
import { eventually, Product, SETTINGS } from './product.mjs';

const WRITE = 'demo_crm__create_ticket';
const TICKET = { customer_id: 'cust_1001', title: 'The invoice is wrong', priority: 'high' };
const WAITING = SETTINGS.replace('wait_ms = 0', 'wait_ms = 30000');
const LIMIT = { timeout: 60_000 };

/** Runs `body` with a connected agent, and ends everything that was started. */
async function withAgent(door, { action, settings }, body) {
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
        const scenario = (name, options, body) => it(name, LIMIT, () => withAgent(door, options, body));

        scenario('finds every tool, hears what the server is for, and reads', {}, async (agent) => {
            assert.match(agent.client.getInstructions(), /demo_crm/);
            const names = await agent.toolNames();
            for (const name of ['get_customer', 'search_customers', 'create_ticket', 'wait']) {
                assert.ok(names.includes(`demo_crm__${name}`), name);
            }
            assert.equal(new Set(names).size, names.length);
            assert.deepEqual(await agent.toolNames(), names);
            const read = await agent.call('demo_crm__get_customer', { customer_id: TICKET.customer_id });
            assert.equal(read.structuredContent?.name, 'Astrid Lindqvist', textOf(read));
        });

        scenario('fails in ways that a model can act on', {}, async (agent, product) => {
            const wrong = await agent.call('demo_crm__search_customers', { query: 'a', limit: 'many' });
            assert.ok(wrong.isError);
            assert.match(textOf(wrong), /INVALID_REQUEST[^]*\/limit/);
            await assert.rejects(agent.call('demo_crm__get_custumer', {}), {
                code: -32602,
                message: /demo_crm__get_customer/,
            });
            assert.equal((await product.requests()).length, 0);
            const missing = await agent.call('demo_crm__get_customer', { customer_id: 'no-such-customer' });
            assert.ok(missing.isError);
            assert.match(textOf(missing), /ENDPOINT_NOT_FOUND[^]*404/);
        });

        for (const [action, leaves, code] of [
            ['accept', 1],
            ['decline', 0, /APPROVAL_DENIED/],
            ['cancel', 0, /APPROVAL_/],
        ]) {
            scenario(`asks before a write: ${action}`, { action }, async (agent, product) => {
                const result = await agent.call(WRITE, TICKET);
                assert.equal(Boolean(result.isError), leaves === 0, textOf(result));
                if (code) assert.match(textOf(result), code);
                assert.equal((await product.requests('POST')).length, leaves);
                assert.equal(agent.questions.length, 1);
                assert.match(agent.questions[0].message, /POST[^]*The invoice is wrong/);
            });
        }

        scenario('lets an operator decide where nobody can be asked', {}, async (agent, product) => {
            const asked = approvalId(await agent.call(WRITE, TICKET));
            await product.run('approvals', 'approve', asked);
            const result = await agent.call(WRITE, TICKET);
            assert.ok(!result.isError, textOf(result));
            assert.notEqual(approvalId(await agent.call(WRITE, TICKET)), asked);
            assert.equal((await product.requests('POST')).length, 1);
        });

        scenario('reports progress while it waits for an operator', { settings: WAITING }, async (agent, product) => {
            let told;
            const first = new Promise((resolve) => (told = resolve));
            const call = agent.call(WRITE, TICKET, { onprogress: told });
            await Promise.race([first, call]);
            const [pending] = await product.ask('approvals', 'list');
            await product.run('approvals', 'approve', pending.id);
            const result = await call;
            assert.ok(!result.isError, textOf(result));
            assert.equal((await product.requests('POST')).length, 1);
        });

        scenario('hears of new tools, and keeps the old ones after a broken edit', {}, async (agent, product) => {
            const file = join(product.services, 'more.toml');
            const before = await agent.toolNames();
            writeFileSync(
                file,
                `[[actions]]\nname = "extra"\ndescription = "One more"\nmethod = "GET"\npath = "/customers"\n`,
            );
            await eventually(() => agent.changes > 0, 'a word that the tools changed');
            const edited = await agent.toolNames();
            assert.deepEqual(
                edited.filter((name) => !before.includes(name)),
                ['demo_crm__extra'],
            );
            const said = readFileSync(product.stderr).length;
            writeFileSync(file, '[[actions]\n');
            await eventually(
                () => readFileSync(product.stderr).subarray(said).includes('more.toml'),
                'a word about the broken edit',
            );
            assert.deepEqual(await agent.toolNames(), edited);
        });

        scenario('stops the request of a cancelled call', {}, async (agent, product) => {
            const cancel = new AbortController();
            const call = agent.call('demo_crm__wait', { milliseconds: 60_000 }, { signal: cancel.signal });
            call.catch(() => {});
            await eventually(async () => (await product.requests('GET', '/slow')).length, 'the request at the API');
            cancel.abort();
            await assert.rejects(call);
            await eventually(
                async () => (await product.requests('GET', '/slow'))[0].state === 'disconnected',
                'the API to see the disconnect',
            );
            await eventually(async () => (await product.ask('logs')).length === 1, 'the call in the audit log');
        });

        // In the newer protocol, to leave is to cancel; over the others there is nothing to come back to.
        if (door.transport === 'http' && door.client !== 'client-2-auto') {
            scenario('has the answer that was made while its connection was broken', {}, async (agent, product) => {
                const call = agent.call('demo_crm__wait', { milliseconds: 1_500 });
                await eventually(async () => (await product.requests('GET', '/slow')).length, 'the request at the API');
                product.breakConnections();
                await eventually(async () => (await product.ask('logs')).length === 1, 'the call in the audit log');
                const result = await call;
                assert.ok(!result.isError, textOf(result));
                assert.equal((await product.requests('GET', '/slow')).length, 1);
            });
        }
    });
}

// It reads each event as a message, and reports those that are none.
it('a client from before events without a message has nothing to report', LIMIT, async () => {
    const product = await Product.start();
    const client = new OldClient({ name: 'toolgate-client-tests', version: '1.0.0' });
    const reported = [];
    client.onerror = (error) => reported.push(error);
    try {
        await client.connect(new OldTransport(new URL('/mcp', await product.serveHttp())));
        product.calls += 1;
        const read = await client.callTool({
            name: 'demo_crm__get_customer',
            arguments: { customer_id: TICKET.customer_id },
        });
        assert.equal(read.structuredContent?.name, 'Astrid Lindqvist', textOf(read));
        assert.deepEqual(reported, []);
    } finally {
        await client.close();
        await product.close();
    }
});
