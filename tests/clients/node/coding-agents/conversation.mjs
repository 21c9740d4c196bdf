// Coding agents as their users start them, for one question: the product itself has written their settings, everything
// they keep is in the folder of the test, and their model is scripted.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { LAST_WORD, Model } from './model.mjs';

/** Milliseconds that an agent may take for one question. */
const LIMIT = 60_000;

/** By the name that `toolgate install` has for it: its program, and how it is told where its model is. */
export const AGENTS = {
    'claude-code': {
        program: process.env.TOOLGATE_CLAUDE_CODE,
        // It calls no tool that its user has not allowed. What Toolgate asks is another matter.
        args: () => ['-p', '--allowedTools', 'mcp__toolgate'],
        environment: (model) => ({
            ANTHROPIC_BASE_URL: model,
            ANTHROPIC_API_KEY: 'none',
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
            // It would wait two seconds for its servers, and then begin without the tools of those that are slower.
            MCP_CONNECTION_NONBLOCKING: '0',
            MCP_CONNECT_TIMEOUT_MS: String(LIMIT / 2),
            // The model has all tools from the beginning, and need not look for them.
            ENABLE_TOOL_SEARCH: 'false',
        }),
    },
    codex: {
        program: process.env.TOOLGATE_CODEX,
        args: (model) => {
            const provider = `{ name = "scripted", base_url = "${model}/v1", wire_api = "responses" }`;
            const settings = {
                model: '"scripted"',
                model_provider: '"scripted"',
                'model_providers.scripted': provider,
                // It would report to its maker, and fetch plugins.
                'analytics.enabled': false,
                'features.plugins': false,
                // It would begin at once, with the tools of those servers that are quick enough.
                'mcp_servers.toolgate.required': true,
                'mcp_servers.toolgate.startup_timeout_sec': LIMIT / 2000,
            };
            const overrides = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
            return ['exec', '--skip-git-repo-check', ...overrides];
        },
        environment: () => ({}),
    },
};

/** Starts an agent whose model makes `calls`, and returns what the model was given: the tools, the results of its calls
 * and all requests as one text. What went to the model is searched for secrets when the product is closed. */
export async function converse(product, name, calls, { args = [], environment = {} } = {}) {
    const agent = AGENTS[name];
    const cwd = join(product.folder, 'work');
    mkdirSync(cwd, { recursive: true });
    const model = await Model.start(calls);
    try {
        // The question comes before the options, some of which take all words that follow.
        const [verb, ...options] = agent.args(model.address);
        const printed = await finished(
            spawn(agent.program, [verb, 'Look after the customers.', ...options, ...args], {
                cwd,
                env: {
                    PATH: process.env.PATH,
                    HOME: product.folder,
                    TMPDIR: product.folder,
                    DEMO_CRM_KEY: product.environment.DEMO_CRM_KEY,
                    // Whoever is not on this machine is reached through the model, which refuses and remembers it.
                    HTTP_PROXY: model.address,
                    HTTPS_PROXY: model.address,
                    NO_PROXY: '127.0.0.1',
                    ...agent.environment(model.address),
                    ...environment,
                },
                stdio: ['ignore', 'pipe', 'pipe'],
            }),
        );
        const text = model.requests.map((request) => request.text).join('\n');
        appendFileSync(product.wire, text);
        appendFileSync(product.stderr, printed);
        assert.ok(printed.includes(LAST_WORD), printed);
        assert.deepEqual(model.others, [], 'the agent asks nobody but its model');
        const { tools, results } = model.requests.at(-1);
        return { tools, results, text };
    } finally {
        model.close();
    }
}

/** Waits for an agent's end and returns what it printed. Its servers end with it, as it holds their input. */
async function finished(child) {
    let printed = '';
    for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (printed += text));
    const late = setTimeout(() => child.kill('SIGKILL'), LIMIT);
    const [code, signal] = await new Promise((resolve, reject) => {
        child.once('error', reject).once('close', (...how) => resolve(how));
    });
    clearTimeout(late);
    assert.equal(code, 0, `the agent ended with ${code ?? signal}:\n${printed}`);
    return printed;
}
