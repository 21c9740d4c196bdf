// Prism, and a server before it that keeps each request with what Prism found wrong in it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { join } from 'node:path';

import { eventually, freePort } from './product.mjs';

/** Milliseconds until Prism must have read a description. */
export const READING = 120_000;

const PRISM = join(import.meta.dirname, 'node_modules/@stoplight/prism-cli/dist/index.js');
/** How often Prism may die of what one description makes of a request. */
const MOST_DEATHS = 20;
/** What Prism writes before violations that it cut short. */
const CUT_SHORT = 'Too many violations! ';

/** Judges requests to `address` by a description. */
export class Judge {
    verdicts = [];
    deaths = 0;

    async start(path, folder) {
        this.path = path;
        this.folder = folder;
        await this.#run();
        this.server = createServer((request, response) => this.#pass(request, response));
        await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
        this.address = `http://127.0.0.1:${this.server.address().port}`;
    }

    async #run() {
        this.port = await freePort();
        const log = join(this.folder, `prism-${this.port}.log`);
        const sink = openSync(log, 'a');
        const prism = [PRISM, 'mock', '--host', '127.0.0.1', '--port', String(this.port), this.path];
        this.prism = spawn(process.execPath, prism, { stdio: ['ignore', sink, sink] });
        closeSync(sink);
        this.ended = new Promise((resolve) => this.prism.once('close', resolve));
        await eventually(() => {
            const said = readFileSync(log, 'utf8');
            assert.equal(this.prism.exitCode, null, said);
            return said.includes('Prism is listening');
        }, `Prism to read ${this.path}`, READING);
    }

    /** Starts Prism once more if it has ended. */
    async revive() {
        if (this.prism.exitCode === null && this.prism.signalCode === null) return;
        assert.ok((this.deaths += 1) <= MOST_DEATHS, `Prism dies of too many requests of ${this.path}`);
        await this.#run();
    }

    async #pass(request, response) {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        const { method, url, headers } = request;
        const verdict = { line: `${method} ${url}`, body: body.toString(), violations: [] };
        this.verdicts.push(verdict);
        const onward = send({ host: '127.0.0.1', port: this.port, method, path: url, headers }, (answer) => {
            verdict.status = answer.statusCode;
            verdict.violations = violations(answer.headers['sl-violations'] ?? '[]').filter(
                ({ location }) => location[0] === 'request',
            );
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
        });
        onward.on('error', (error) => {
            verdict.problem = `Prism dies of it: ${error.message}`;
            response.destroy();
        });
        onward.end(body);
    }

    async close() {
        this.server?.close();
        this.prism?.kill();
        await this.ended;
    }
}

/** What Prism says in its header: JSON, of which it cuts the end off when it is long. What is wrong in requests is first. */
function violations(written) {
    if (!written.startsWith(CUT_SHORT)) return JSON.parse(written);
    const list = written.slice(CUT_SHORT.length);
    for (let end = list.lastIndexOf('},{'); end > 0; end = list.lastIndexOf('},{', end - 1)) {
        try {
            return JSON.parse(`${list.slice(0, end)}}]`);
        } catch {
            // That was within a text.
        }
    }
    throw new Error(`what Prism found cannot be read: ${written.slice(0, 200)}`);
}
