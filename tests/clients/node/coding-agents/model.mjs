// What a coding agent takes for its model: a server on loopback that speaks the wire formats of two vendors, makes the
// calls that it was told to, one after the other, and ends with a word. It keeps what it was asked.

import { createServer } from 'node:http';

/** The name under which `toolgate install` adds the server, as both agents write it before the names of its tools. */
const SERVER = 'mcp__toolgate';

/** What the model says when it has made its calls. */
export const LAST_WORD = 'That is all.';

/** A call of one of Toolgate's tools, for the script of a model. */
export function callOf(name, args) {
    return { server: SERVER, name, arguments: args };
}

/** Of each vendor: what a request holds, and the events of an answer. */
const FORMATS = {
    '/v1/messages': {
        tools: (body) =>
            body.tools
                .filter((tool) => tool.name.startsWith(`${SERVER}__`))
                .map((tool) => ({
                    name: tool.name.slice(SERVER.length + 2),
                    description: tool.description,
                    schema: tool.input_schema,
                })),
        results: (body) =>
            body.messages
                .flatMap((message) => (Array.isArray(message.content) ? message.content : []))
                .filter((block) => block.type === 'tool_result')
                .map((block) => textOf(block.content)),
        *events(call, id) {
            const usage = { input_tokens: 1, output_tokens: 1 };
            const message = { type: 'message', role: 'assistant', model: 'scripted', content: [], usage };
            yield { type: 'message_start', message: { id: `msg_${id}`, ...message } };
            if (call) {
                const name = [call.server, call.name].filter(Boolean).join('__');
                const block = { type: 'tool_use', id: `toolu_${id}`, name, input: {} };
                const delta = { type: 'input_json_delta', partial_json: JSON.stringify(call.arguments) };
                yield { type: 'content_block_start', index: 0, content_block: block };
                yield { type: 'content_block_delta', index: 0, delta };
            } else {
                yield { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
                yield { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: LAST_WORD } };
            }
            yield { type: 'content_block_stop', index: 0 };
            yield { type: 'message_delta', delta: { stop_reason: call ? 'tool_use' : 'end_turn' }, usage };
            yield { type: 'message_stop' };
        },
    },
    '/v1/responses': {
        tools: (body) =>
            body.tools
                .filter((tool) => tool.type === 'namespace' && tool.name === SERVER)
                .flatMap((namespace) => namespace.tools)
                .map((tool) => ({ name: tool.name, description: tool.description, schema: tool.parameters })),
        results: (body) =>
            body.input.filter((item) => item.type === 'function_call_output').map((item) => textOf(item.output)),
        *events(call, id) {
            const response = { id: `resp_${id}`, usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } };
            const item = call
                ? {
                      type: 'function_call',
                      call_id: `call_${id}`,
                      namespace: call.server,
                      name: call.name,
                      arguments: JSON.stringify(call.arguments),
                  }
                : { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: LAST_WORD }] };
            yield { type: 'response.created', response };
            yield { type: 'response.output_item.done', output_index: 0, item };
            yield { type: 'response.completed', response };
        },
    },
};

export class Model {
    /** Of each request, oldest first: its text, Toolgate's tools in it and the results of the calls so far. */
    requests = [];
    /** Whatever else the agent wanted, of us or, as we are its proxy too, of anybody else. */
    others = [];

    static async start(calls) {
        const model = new Model();
        model.server = createServer((request, response) => model.#answer(request, response, calls));
        model.server.on('connect', (request, socket) => {
            model.others.push(`CONNECT ${request.url}`);
            socket.on('error', () => {});
            socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        });
        await new Promise((resolve) => model.server.listen(0, '127.0.0.1', resolve));
        model.address = `http://127.0.0.1:${model.server.address().port}`;
        return model;
    }

    close() {
        this.server.closeAllConnections();
        this.server.close();
    }

    async #answer(request, response, calls) {
        let text = '';
        for await (const chunk of request.setEncoding('utf8')) text += chunk;
        const format = request.method === 'POST' && FORMATS[request.url.split('?')[0]];
        if (!format) {
            this.others.push(`${request.method} ${request.url}`);
            response.writeHead(404).end();
            return;
        }
        const body = JSON.parse(text);
        // As many calls were made as there are results, so a repeated request gets the same answer.
        const results = format.results(body);
        this.requests.push({ text, tools: format.tools(body), results });
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const event of format.events(calls[results.length], this.requests.length)) {
            response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
        }
        response.end();
    }
}

/** The text of a result, which is a text or a list of blocks. */
function textOf(content) {
    return typeof content === 'string' ? content : content.map((block) => block.text ?? '').join('\n');
}
