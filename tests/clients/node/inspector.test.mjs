// The Inspector's command line, which cannot be asked anything, over each transport and in both protocol eras.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { Product } from './product.mjs';

const INSPECTOR = join(
    import.meta.dirname,
    'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
);

for (const transport of ['stdio', 'http', 'sse']) {
    for (const era of ['legacy', 'modern']) {
        describe(`inspector-${era}-${transport}`, () => {
            it('lists portable tools, reads, and is told how a write gets allowed', { timeout: 120_000 }, async () => {
                const product = await Product.start();
                try {
                    await session(product, transport, era);
                } finally {
                    await product.close();
                }
            });
        });
    }
}

async function session(product, transport, era) {
    const server =
        transport === 'stdio'
            ? product.stdioCommand()
            : {
                  type: transport === 'http' ? 'streamable-http' : 'sse',
                  url: `${await product.serveHttp()}${transport === 'http' ? '/mcp' : '/sse'}`,
              };
    const config = join(product.folder, 'inspector.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { toolgate: server } }));
    const run = (...rest) =>
        inspect(product, '--config', config, '--server', 'toolgate', '--protocol-era', era, ...rest);

    // --strict fails on a schema that some client or model would refuse.
    const { tools } = await run('--method', 'tools/list', '--strict');
    assert.ok(tools.some((tool) => tool.name === 'demo_crm__create_ticket'));

    const call = (name, args) => {
        product.calls += 1;
        return run('--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args));
    };
    const found = await call('demo_crm__search_customers', { query: 'a', limit: 1 });
    assert.ok(!found.isError, found.content[0].text);
    const refused = await call('demo_crm__create_ticket', {
        customer_id: 'cust_1001',
        title: 'The invoice is wrong',
        priority: 'high',
    });
    assert.ok(refused.isError);
    assert.match(refused.content[0].text, /APPROVAL_REQUIRED[^]*[0-9a-f]{32}/);
    assert.equal((await product.requests('POST')).length, 0);
}

/** Runs the Inspector and returns the result that it prints, for a failed call as well. */
function inspect(product, ...rest) {
    const command = [INSPECTOR, '--cli', '--quiet', '--format', 'json', ...rest];
    const options = { env: { PATH: process.env.PATH, HOME: product.folder }, timeout: 40_000 };
    return new Promise((resolve, reject) => {
        execFile(process.execPath, command, options, (error, stdout, stderr) => {
            try {
                resolve(JSON.parse(stdout).result ?? JSON.parse(stdout));
            } catch {
                reject(new Error(`the Inspector failed: ${error}\n${stdout}\n${stderr}`));
            }
        });
    });
}
