// Clients with a window: the Inspector's web page, whose person decides about writes in a dialog, and pages that call the
// server themselves.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { chromium } from 'playwright-core';

import { eventually, freePort, PATIENCE, Product, SETTINGS } from '../product.mjs';

const INSPECTOR = join(
    import.meta.dirname,
    '../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
);
const LIMIT = { timeout: 120_000 };

let browser;
before(async () => {
    // The sandbox of a browser cannot be had as root; it opens pages of this machine only.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: process.env.TOOLGATE_BROWSER, args });
});
after(() => browser?.close());

/** Runs `body` with the product served over HTTP and an empty page, and ends both. */
async function withPage(body) {
    const product = await Product.start(SETTINGS);
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    try {
        await body(page, product, await product.serveHttp());
    } finally {
        await page.close();
        await product.close();
    }
}

/** Serves the Inspector's window for one server; gives its address, with the token that it wants, and how to end it. */
async function openInspector(product, server, era) {
    const child = spawn(
        process.execPath,
        [INSPECTOR, '--web', '--server-url', server, '--transport', 'http', '--protocol-era', era],
        {
            env: {
                PATH: process.env.PATH,
                HOME: product.folder,
                CLIENT_PORT: String(await freePort()),
                MCP_AUTO_OPEN_ENABLED: 'false',
                MCP_INSPECTOR_SECRET_STORE: 'memory',
            },
            stdio: ['ignore', 'pipe', 'pipe'],
        },
    );
    let printed = '';
    for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (printed += text));
    const ended = new Promise((resolve) => child.once('close', resolve));
    const end = async () => {
        child.kill();
        await ended;
    };
    try {
        const address = await eventually(() => {
            assert.equal(child.exitCode, null, printed);
            return /http:\/\/127\.0\.0\.1:\d+\/?\?\S*TOKEN=\w+/.exec(printed);
        }, 'the address of the Inspector');
        return { address: address[0], end };
    } catch (error) {
        await end();
        throw new Error(`${error.message}\n${printed}`);
    }
}

for (const era of ['legacy', 'modern']) {
    describe(`inspector-window-${era}`, () => {
        for (const decision of ['Submit', 'Decline']) {
            it(`asks its person about a write, who says ${decision}`, LIMIT, () =>
                withPage(async (page, product, address) => {
                    const inspector = await openInspector(product, `${address}/mcp`, era);
                    try {
                        await decide(page, product, inspector.address, decision);
                    } finally {
                        await inspector.end();
                    }
                }),
            );
        }
    });
}

async function decide(page, product, inspector, decision) {
    await page.goto(inspector);
    await page.getByRole('switch').first().click({ force: true });
    await page.getByText('Connected', { exact: false }).first().waitFor();
    await page.getByText('Tools', { exact: true }).first().click();
    await page.getByText('demo_crm__create_ticket', { exact: true }).first().click();
    await page.getByRole('textbox', { name: 'customer_id' }).fill('cust_1001');
    await page.getByRole('textbox', { name: 'title' }).fill('The invoice is wrong');
    product.calls += 1;
    await page.getByRole('button', { name: 'Execute Tool' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('POST /v1/customers/cust_1001/tickets').waitFor();
    assert.match(await dialog.innerText(), /Allow "Open a ticket" of Demo CRM\?[^]*title: "The invoice is wrong"/);
    assert.equal((await product.requests('POST')).length, 0, 'nothing is sent before the person has decided');
    await dialog.getByRole('button', { name: decision }).click();
    const approved = decision === 'Submit';
    await page.getByText(approved ? /"?tick_\d+/ : /APPROVAL_DENIED/).first().waitFor();
    assert.equal((await product.requests('POST')).length, approved ? 1 : 0);
}

describe('pages', () => {
    // A name below `localhost` is this machine too, but no origin that is let in.
    for (const [origin, letIn] of [
        ['127.0.0.1', true],
        ['other.localhost', false],
    ]) {
        it(`of ${origin} ${letIn ? 'use' : 'cannot reach'} the server`, LIMIT, () =>
            withPage(async (page, product, address) => {
                const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>'));
                await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
                try {
                    await page.goto(`http://${origin}:${site.address().port}`);
                    const session = page.evaluate(converse, `${address}/mcp`);
                    if (letIn) {
                        product.calls += 1;
                        assert.equal(await session, 'Astrid Lindqvist');
                    } else {
                        await assert.rejects(session, /Failed to fetch/);
                    }
                } finally {
                    site.close();
                }
            }),
        );
    }
});

/** Runs in the page: opens a session, which it learns from a header, and calls a tool. */
async function converse(server) {
    let session;
    const send = async (message) => {
        const answer = await fetch(server, {
            method: 'POST',
            headers: {
                'Content-Type': 'application/json',
                Accept: 'application/json, text/event-stream',
                'MCP-Protocol-Version': '2025-11-25',
                ...(session && { 'Mcp-Session-Id': session }),
            },
            body: JSON.stringify({ jsonrpc: '2.0', ...message }),
        });
        session ??= answer.headers.get('Mcp-Session-Id');
        return answer.text();
    };
    const clientInfo = { name: 'page', version: '1.0.0' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    await send({ id: 1, method: 'initialize', params });
    await send({ method: 'notifications/initialized' });
    const call = { name: 'demo_crm__get_customer', arguments: { customer_id: 'cust_1001' } };
    const text = await send({ id: 2, method: 'tools/call', params: call });
    const message = JSON.parse(/\{.*"result".*/.exec(text)[0]);
    return message.result.structuredContent.name;
}
