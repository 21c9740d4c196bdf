// Requests of imported actions, judged by Prism: a server that knows the description, too, and says what is wrong with
// each request by it. Arguments are made from the schemas that a model sees.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import formats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';

import { Agent, textOf } from './agents.mjs';
import { argumentsFor } from './arguments.mjs';
import { JUDGED } from './descriptions.mjs';
import { eventually, Product, SETTINGS } from './product.mjs';

const DOOR = { client: 'client-2-auto', transport: 'stdio' };
const DIRECT = SETTINGS.replace('tools_page_size = 2', 'tools_page_size = 50') + '[finding]\nmode = "direct"\n';
const PRISM = join(import.meta.dirname, 'node_modules/@stoplight/prism-cli/dist/index.js');
/** Milliseconds until Prism must have read a description. */
const READING = 120_000;

for (const [name, path] of JUDGED) {
    describe(name, () => {
        it('sends what its description asks for', { timeout: 3 * READING }, () => judged(name, path));
    });
}

async function judged(name, path) {
    const product = await Product.start(DIRECT);
    const judge = new Judge();
    let agent;
    try {
        await judge.start(path, product.folder);
        const { imported } = await product.importDescription(path, name, judge.address);
        // A connector authenticates in one way; operations that ask for another are imported with a note.
        const unauthorised = new Set();
        for (const { action, notes = [] } of imported)
            if (notes.some((note) => note.includes('does not send'))) unauthorised.add(`${name}__${action}`);
        await product.storeSecrets(name);
        agent = await Agent.connect(DOOR, product, 'accept');
        const tools = (await agent.tools()).filter((tool) => tool.name.startsWith(`${name}__`));
        assert.equal(tools.length, imported.length);
        const ajv = formats(new Ajv({ strict: false, allErrors: true, formats: { file: true } }));
        const wrong = [];
        for (const tool of tools) {
            const fits = ajv.compile(tool.inputSchema);
            for (const how of ['least', 'most']) {
                const args = argumentsFor(tool.inputSchema, how);
                assert.ok(fits(args), `${tool.name} ${JSON.stringify(args)}: ${ajv.errorsText(fits.errors)}`);
                judge.verdicts.length = 0;
                const result = await agent.call(tool.name, args);
                // What Prism makes up may not be what the description promises; only the request is judged.
                const [verdict] = judge.verdicts;
                const violations = verdict?.violations.filter(
                    ({ code }) => !(code === 401 && unauthorised.has(tool.name)),
                );
                const about = `${tool.name} ${JSON.stringify(args)}`;
                if (!verdict) wrong.push(`${about}: no request: ${textOf(result)}`);
                else if (violations.length || verdict.status === 404)
                    wrong.push(`${about}: ${verdict.line} ${verdict.body}: ${JSON.stringify(violations)}`);
            }
        }
        assert.deepEqual(wrong, []);
    } finally {
        await agent?.close();
        await judge.close();
        await product.close();
    }
}

/** Prism, and a server before it that keeps each request with what Prism found wrong in it. */
class Judge {
    verdicts = [];

    async start(path, folder) {
        const log = join(folder, 'prism.log');
        const sink = openSync(log, 'a');
        const port = await freePort();
        const prism = [PRISM, 'mock', '--host', '127.0.0.1', '--port', String(port), path];
        this.prism = spawn(process.execPath, prism, { stdio: ['ignore', sink, sink] });
        closeSync(sink);
        this.ended = new Promise((resolve) => this.prism.once('close', resolve));
        await eventually(() => {
            const said = readFileSync(log, 'utf8');
            assert.equal(this.prism.exitCode, null, said);
            return said.includes('Prism is listening');
        }, `Prism to read ${path}`, READING);
        this.server = createServer((request, response) => this.#pass(request, response, port));
        await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
        this.address = `http://127.0.0.1:${this.server.address().port}`;
    }

    async #pass(request, response, port) {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        const { method, url, headers } = request;
        const onward = send({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
            const violations = JSON.parse(answer.headers['sl-violations'] ?? '[]');
            this.verdicts.push({
                line: `${method} ${url}`,
                body: body.toString(),
                status: answer.statusCode,
                violations: violations.filter(({ location }) => location[0] === 'request'),
            });
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
        });
        onward.on('error', () => response.destroy());
        onward.end(body);
    }

    async close() {
        this.server?.close();
        this.prism?.kill();
        await this.ended;
    }
}

async function freePort() {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}
