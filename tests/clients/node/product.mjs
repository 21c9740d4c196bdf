// Runs Toolgate as a user would: the binary, the demo connector, and the sample API behind it. Everything that the
// product prints or sends to a client is kept, so that each test can end with a search for the secret.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
    appendFileSync,
    closeSync,
    cpSync,
    mkdirSync,
    mkdtempSync,
    openSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '../../..');
/** The binary under test. */
export const binary = process.env.TOOLGATE_BINARY ?? join(repository, 'target/debug/toolgate');

/** Milliseconds that anything may take before a test gives up on it. */
export const PATIENCE = 20_000;

/** Bytes that a verb may print. */
const MOST_PRINTED = 2 ** 28;

/** A page holds fewer tools than the connector has, so that every client has to ask for more than one. */
export const SETTINGS = `
[server]
tools_page_size = 2
call_timeout_ms = 60000
[approvals]
wait_ms = 0
[http]
legacy_sse = true
`;

// Beside what the connector has: an answer that takes as long as one likes.
const WAIT_ACTION = `
[[actions]]
name = "wait"
description = "Answers after a while"
method = "GET"
path = "/slow"
query = { ms = "{{milliseconds}}" }

[[actions.input]]
name = "milliseconds"
type = "NUMBER"
required = true
`;

const [BEGUN, ENDED] = ['=== server begun', '=== server ended'];

/** Looks again and again until `condition` returns something true, and returns that. */
export async function eventually(condition, what, patience = PATIENCE) {
    for (const deadline = Date.now() + patience; Date.now() < deadline; await pause(20)) {
        const found = await condition();
        if (found) return found;
    }
    throw new Error(`waited ${patience / 1000} seconds in vain: ${what}`);
}

/** A port of this machine that nobody listens on. */
export async function freePort() {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}

/** The product with the demo connector, and the sample API. `close` checks what must hold after any test. */
export class Product {
    calls = 0;
    #cleanups = [];
    #open = new Set();

    static async start(settings = SETTINGS) {
        const product = new Product();
        product.folder = mkdtempSync(join(tmpdir(), 'toolgate-clients-'));
        product.wire = join(product.folder, 'wire');
        product.stderr = join(product.folder, 'stderr');
        for (const file of [product.wire, product.stderr]) writeFileSync(file, '');
        try {
            await product.#prepare(settings);
        } catch (error) {
            await product.#cleanUp();
            throw error;
        }
        return product;
    }

    async #prepare(settings) {
        const key = `sk-test-${randomBytes(16).toString('hex')}`;
        const log = join(this.folder, 'sample.log');
        this.api = await this.#program(
            ['sample', '--address', '127.0.0.1:0', '--key', key],
            process.env,
            log,
            /sample API listening on (http:\S+)/,
        );
        this.secrets = [
            key,
            Buffer.from(key).toString('base64').slice(0, 40),
            this.api.slice('http://'.length),
            'x-api-key',
        ];

        const connectors = join(this.folder, 'connectors');
        mkdirSync(connectors);
        cpSync(join(repository, 'connectors/demo-crm'), join(connectors, 'demo-crm'), { recursive: true });
        const connector = join(connectors, 'demo-crm/connector.toml');
        writeFileSync(connector, readFileSync(connector, 'utf8').replaceAll('http://127.0.0.1:7878', this.api));
        this.services = join(connectors, 'demo-crm/services');
        writeFileSync(join(this.services, 'wait.toml'), WAIT_ACTION);
        const config = join(this.folder, 'config.toml');
        writeFileSync(config, settings);
        this.environment = {
            PATH: process.env.PATH,
            HOME: this.folder,
            DEMO_CRM_KEY: key,
            TOOLGATE_CONFIG: config,
            TOOLGATE_CONNECTORS: connectors,
            TOOLGATE_STATE: join(this.folder, 'state'),
        };
    }

    /** A command that serves over stdio and keeps what it says on both of its outputs, and that it began and ended. */
    stdioCommand() {
        const script = `echo "${BEGUN}" >>"$2"; "$0" serve 2>>"$2" | tee -a "$1" && echo "${ENDED}" >>"$2"`;
        return { command: 'sh', args: ['-c', script, binary, this.wire, this.stderr], env: this.environment };
    }

    /** Serves over HTTP, behind a relay that keeps its answers; returns the address without a path. */
    async serveHttp() {
        const address = await this.#program(
            ['serve', '--http', '127.0.0.1:0'],
            this.environment,
            this.stderr,
            /listening on (http:\S+)\/mcp/,
        );
        const target = Number(new URL(address).port);
        const relay = createServer((client) => {
            const server = connect(target, '127.0.0.1');
            server.on('data', (data) => appendFileSync(this.wire, data));
            client.pipe(server).pipe(client);
            for (const [one, other] of [
                [client, server],
                [server, client],
            ]) {
                this.#open.add(one);
                one.on('error', () => {}).on('close', () => {
                    this.#open.delete(one);
                    other.destroy();
                });
            }
        });
        await new Promise((resolve) => relay.listen(0, '127.0.0.1', resolve));
        this.#cleanups.push(() => {
            relay.close();
            this.breakConnections();
        });
        return `http://127.0.0.1:${relay.address().port}`;
    }

    /** Ends every connection to the server that is open now, as a bad network does. */
    breakConnections() {
        for (const socket of this.#open) socket.destroy();
    }

    /** Runs a verb that must succeed, in a process of its own, and returns what it prints. */
    async run(...verb) {
        return (await this.#execute(verb)).stdout;
    }

    /** Makes a connector of an OpenAPI description, at an address of ours and without limits; returns the report. */
    async importDescription(path, name, address) {
        const { report } = await this.ask('import', path, '--name', name, '--base-url', address);
        const limits = '\n[security.rate_limit]\nrequests_per_minute = 10000\nrequests_per_day = 100000\n';
        appendFileSync(this.#connectorFile(name), limits);
        return report;
    }

    /** Stores a value for every secret that a connector names. */
    async storeSecrets(name) {
        const named = readFileSync(this.#connectorFile(name), 'utf8');
        for (const [, secret] of named.matchAll(/vault:\/\/([\w/-]+)/g)) {
            const running = this.#execute(['vault', 'set', secret]);
            running.child.stdin.end(`secret-${randomBytes(8).toString('hex')}`);
            await running;
        }
    }

    #connectorFile(name) {
        return join(this.folder, 'connectors', name, 'connector.toml');
    }

    #execute(verb) {
        return promisify(execFile)(binary, verb, { env: this.environment, timeout: PATIENCE, maxBuffer: MOST_PRINTED });
    }

    /** Runs a verb with --json and returns what it prints. */
    async ask(...verb) {
        return JSON.parse(await this.run(...verb, '--json'));
    }

    /** The requests that reached the API, oldest first, and what became of each. */
    async requests(method, path = '') {
        const journal = await (await fetch(`${this.api}/_requests`)).json();
        return journal.filter((row) => (!method || row.method === method) && row.path.includes(path));
    }

    /** Ends everything; then there must be one row in the audit log per call, no secret in any output and no server
     * that had to be killed. */
    async close() {
        let rows, printed;
        try {
            rows = await this.ask('logs', '--limit', '10000');
            printed = readFileSync(this.stderr, 'utf8');
        } finally {
            await this.#cleanUp();
        }
        assert.equal(rows.length, this.calls, 'one row in the audit log for each call');
        // The second client's probe runs a server of its own, which it kills; the session's own server comes after it.
        const killed = printed.includes(BEGUN) && !printed.trimEnd().endsWith(ENDED);
        assert.ok(!killed, `a server did not end when its client closed its input:\n${printed}`);
    }

    async #cleanUp() {
        for (const cleanup of this.#cleanups.reverse()) await cleanup();
        for (const file of this.secrets ? [this.wire, this.stderr] : []) {
            const text = readFileSync(file, 'utf8').toLowerCase();
            for (const secret of this.secrets) assert.ok(!text.includes(secret.toLowerCase()), `${secret} in ${file}`);
        }
        rmSync(this.folder, { recursive: true, force: true });
    }

    async #program(verb, env, output, pattern) {
        const sink = openSync(output, 'a');
        const child = spawn(binary, verb, { env, stdio: ['ignore', sink, sink] });
        closeSync(sink);
        const ended = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
        this.#cleanups.push(async () => {
            child.kill();
            const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
            await ended;
            clearTimeout(late);
        });
        const found = await eventually(() => {
            assert.equal(child.exitCode, null, readFileSync(output, 'utf8'));
            return pattern.exec(readFileSync(output, 'utf8'));
        }, `${pattern} in what the program prints`);
        return found[1];
    }
}
