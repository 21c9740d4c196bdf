// The TypeScript clients under test, each over each transport, behind one small interface.

import assert from 'node:assert/strict';

import * as v2 from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport as SseV1 } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

import { PATIENCE } from './product.mjs';

const INFO = { name: 'toolgate-client-tests', version: '1.0.0' };

const CLIENTS = {
    'sdk-1': {
        modern: false,
        transports: { stdio: StdioV1, http: HttpV1, sse: SseV1 },
        create: (options) => new ClientV1(INFO, options),
        elicit: (client, handler) => client.setRequestHandler(ElicitRequestSchema, handler),
        call: (client, params, options) => client.callTool(params, undefined, options),
    },
    'client-2': {
        modern: false,
        transports: { stdio: StdioV2, http: v2.StreamableHTTPClientTransport, sse: v2.SSEClientTransport },
        create: (options) => new v2.Client(INFO, options),
        elicit: (client, handler) => client.setRequestHandler('elicitation/create', handler),
        call: (client, params, options) => client.callTool(params, options),
    },
};
CLIENTS['client-2-auto'] = {
    ...CLIENTS['client-2'],
    modern: true,
    create: (options) => new v2.Client(INFO, { ...options, versionNegotiation: { mode: 'auto' } }),
};

/** Every client over every transport. */
export const DOORS = Object.keys(CLIENTS).flatMap((client) =>
    ['stdio', 'http', 'sse'].map((transport) => ({ client, transport, name: `${client}-${transport}` })),
);

/** A connected client. Without an `action` (`accept`, `decline`, `cancel`) it cannot be asked anything. */
export class Agent {
    questions = [];
    changes = 0;

    static async connect({ client, transport }, product, action) {
        const agent = new Agent();
        const kind = CLIENTS[client];
        agent.kind = kind;
        agent.product = product;
        const listChanged = { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => (agent.changes += 1) } };
        agent.client = kind.create({ capabilities: action ? { elicitation: {} } : {}, listChanged });
        if (action) {
            kind.elicit(agent.client, ({ params }) => {
                agent.questions.push(params);
                return { action, ...(action === 'accept' && { content: filledIn(params.requestedSchema) }) };
            });
        }
        const Transport = kind.transports[transport];
        const target =
            transport === 'stdio'
                ? product.stdioCommand()
                : new URL(transport === 'http' ? '/mcp' : '/sse', await product.serveHttp());
        await agent.client.connect(new Transport(target), { timeout: PATIENCE });
        return agent;
    }

    /** All tools. The second generation of the client walks the pages by itself, the first leaves that to its user. */
    async tools() {
        const tools = [];
        let cursor;
        do {
            const page = await this.client.listTools({ cursor });
            tools.push(...page.tools);
            cursor = page.nextCursor;
        } while (cursor !== undefined);
        return tools;
    }

    async toolNames() {
        return (await this.tools()).map((tool) => tool.name);
    }

    async call(name, args, options = {}) {
        this.product.calls += 1;
        const result = await this.kind.call(this.client, { name, arguments: args }, { timeout: PATIENCE, ...options });
        if (!result.isError && result.structuredContent)
            assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
        return result;
    }

    close() {
        return this.client.close();
    }
}

/** The text that the model reads. */
export function textOf(result) {
    return result.content
        .filter((block) => block.type === 'text')
        .map((block) => block.text)
        .join('\n');
}

function filledIn(schema) {
    const value = (field) => field.enum?.[0] ?? { boolean: true, string: 'yes', integer: 1, number: 1 }[field.type];
    return Object.fromEntries(Object.entries(schema?.properties ?? {}).map(([name, field]) => [name, value(field)]));
}
