// The tools that openapi-mcp-generator makes of an OpenAPI description, as JSON: `generator_tools.mjs DESCRIPTION OUTPUT`.

import { writeFileSync } from 'node:fs';

import { getToolsFromOpenApi } from 'openapi-mcp-generator';

const [description, output] = process.argv.slice(2);
const tools = await getToolsFromOpenApi(description, { baseUrl: 'https://api.example.com' });
writeFileSync(output, JSON.stringify(tools.map(({ name, inputSchema }) => ({ name, input: inputSchema }))));
