// The tools that @ivotoby/openapi-mcp-server makes of an OpenAPI description, as JSON: `ivotoby_tools.mjs DESCRIPTION OUTPUT`.

import { writeFileSync } from 'node:fs';

import { OpenAPISpecLoader } from '@ivotoby/openapi-mcp-server';

const [description, output] = process.argv.slice(2);
const loader = new OpenAPISpecLoader();
const tools = [...loader.parseOpenAPISpec(await loader.loadOpenAPISpec(description, 'file')).values()];
writeFileSync(output, JSON.stringify(tools.map(({ name, inputSchema }) => ({ name, input: inputSchema }))));
