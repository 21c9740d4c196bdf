"""The tools that FastMCP makes of an OpenAPI description, as JSON: `fastmcp_tools.py DESCRIPTION OUTPUT`."""

import asyncio
import json
import sys
from pathlib import Path

import fastmcp
import httpx2
import yaml


async def main(description: Path, output: Path) -> None:
    read = json.loads if description.suffix == ".json" else yaml.safe_load
    client = httpx2.AsyncClient(base_url="https://api.example.com")
    server = fastmcp.FastMCP.from_openapi(openapi_spec=read(description.read_text()), client=client)
    tools = [tool.to_mcp_tool() for tool in await server.list_tools()]
    rows = [{"name": one.name, "input": one.input_schema, "output": one.output_schema} for one in tools]
    output.write_text(json.dumps(rows))


asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
