// The bundle as a desktop client takes it: the official tool accepts it, stock unzip unpacks it, and what its manifest
// says starts a server that works.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { binary, PATIENCE, Product } from './product.mjs';

const MCPB = join(import.meta.dirname, 'node_modules/@anthropic-ai/mcpb/dist/cli/cli.js');

/** Packing a debug build takes a while on a busy machine. */
const LIMIT = 240_000;

it('is accepted, unpacks, and starts a server that works', { timeout: LIMIT }, async () => {
    const product = await Product.start();
    try {
        const run = (program, args, env = { PATH: process.env.PATH, HOME: product.folder }) =>
            promisify(execFile)(program, args, { env, timeout: LIMIT, maxBuffer: 1 << 26 });
        const mcpb = (...args) => run(process.execPath, [MCPB, ...args]);

        const file = join(product.folder, 'crm.mcpb');
        const packed = await run(binary, ['bundle', '--name', 'crm', '--output', file], product.environment);
        assert.match(packed.stdout, /sha256 [0-9a-f]{64}/);
        assert.match(packed.stdout, /DEMO_CRM_KEY/);

        const unpacked = join(product.folder, 'unpacked');
        await run('unzip', ['-q', file, '-d', unpacked]);
        const { stdout } = await mcpb('validate', join(unpacked, 'manifest.json'));
        assert.match(stdout, /valid/i);
        const other = join(product.folder, 'unpacked by the tool');
        await mcpb('unpack', file, other);

        const manifest = JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8'));
        const files = filesIn(unpacked);
        assert.deepEqual(filesIn(other), files);
        assert.deepEqual(
            files.filter((name) => !name.startsWith('connectors/')),
            ['config.toml', 'manifest.json', manifest.server.entry_point],
        );
        assert.ok(files.includes('connectors/demo-crm/connector.toml'));
        for (const name of files) {
            const text = readFileSync(join(unpacked, name), 'latin1');
            assert.ok(!text.includes(product.environment.DEMO_CRM_KEY), `the key is in ${name}`);
        }
        for (const folder of [unpacked, other]) {
            assert.equal(statSync(join(folder, manifest.server.entry_point)).mode & 0o777, 0o755);
        }

        // What a client puts in the place of the manifest's variables.
        assert.deepEqual(manifest.user_config.DEMO_CRM_KEY, {
            type: 'string',
            title: 'DEMO_CRM_KEY',
            description: 'The credential for Demo CRM',
            sensitive: true,
            required: true,
        });
        const answers = { DEMO_CRM_KEY: product.environment.DEMO_CRM_KEY };
        const filledIn = (text) =>
            text
                .replaceAll('${__dirname}', other)
                .replaceAll(/\$\{user_config\.(\w+)\}/g, (_, name) => answers[name]);
        const { command, args, env } = manifest.server.mcp_config;
        const variables = Object.entries(env).map(([name, value]) => [name, filledIn(value)]);
        const elsewhere = join(product.folder, 'elsewhere');
        mkdirSync(elsewhere);
        const transport = new StdioClientTransport({
            command: filledIn(command),
            args: args.map(filledIn),
            env: { HOME: product.folder, ...Object.fromEntries(variables) },
            cwd: elsewhere,
            stderr: 'ignore',
        });
        const client = new Client({ name: 'toolgate-client-tests', version: '1.0.0' });
        await client.connect(transport, { timeout: PATIENCE });
        try {
            const names = new Set((await client.listTools()).tools.map((tool) => tool.name));
            for (const tool of manifest.tools) assert.ok(names.has(tool.name), tool.name);
            const read = await client.callTool({
                name: 'demo_crm__get_customer',
                arguments: { customer_id: 'cust_1001' },
            });
            assert.equal(read.structuredContent?.name, 'Astrid Lindqvist', JSON.stringify(read));
        } finally {
            await client.close();
        }
    } finally {
        await product.close();
    }
});

/** The paths of all files below a folder, sorted, with `/`. */
function filesIn(folder) {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort();
}
