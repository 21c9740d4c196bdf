// Imported OpenAPI descriptions: the schemas of every tool, compiled as the TypeScript clients compile them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import formats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';

import { Agent, DOORS } from './agents.mjs';
import { DESCRIPTIONS } from './descriptions.mjs';
import { Product, SETTINGS } from './product.mjs';

// Every action is a tool, however many there are.
const DIRECT = SETTINGS.replace('tools_page_size = 2', 'tools_page_size = 50') + '[finding]\nmode = "direct"\n';

for (const door of DOORS.filter(({ transport }) => transport !== 'sse')) {
    describe(door.name, () => {
        it('takes every schema of every description', { timeout: 120_000 }, async () => {
            const product = await Product.start(DIRECT);
            // One of the descriptions tells its readers of a header of that name.
            product.secrets = product.secrets.filter((secret) => secret !== 'x-api-key');
            let agent;
            try {
                let imported = 0;
                for (const [name, path] of DESCRIPTIONS) {
                    const report = await product.importDescription(path, name, 'https://api.example.com');
                    imported += report.imported.length;
                }
                agent = await Agent.connect(door, product);
                // The client compiles the schemas of answers itself, and drops every tool over one that it does not take.
                const tools = (await agent.tools()).filter((tool) => !tool.name.startsWith('demo_crm__'));
                assert.equal(tools.length, imported);
                const ajv = formats(new Ajv({ strict: false, allErrors: true, formats: { file: true } }));
                for (const tool of tools) {
                    for (const schema of [tool.inputSchema, tool.outputSchema].filter(Boolean)) {
                        assert.ok(ajv.validateSchema(schema), `${tool.name}: ${ajv.errorsText()}`);
                        ajv.compile(schema);
                    }
                }
            } finally {
                await agent?.close();
                await product.close();
            }
        });
    });
}
