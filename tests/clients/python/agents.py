"""The clients under test, each over each transport, behind one small interface."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import fastmcp
import fastmcp.client.transports as fastmcp_transports
import httpx2
import mcp
import mcp_types as types
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import listen

from product import PATIENCE, Toolgate

MODERN = "2026-07-28"
HANDSHAKE = "2025-11-25"


@dataclass(frozen=True)
class Door:
    """One client over one transport."""

    client: str
    """`mcp-auto`, `mcp-legacy` or `fastmcp`."""
    transport: str
    """`stdio`, `http` or `sse`."""

    def __str__(self) -> str:
        return f"{self.client}-{self.transport}"

    @property
    def protocol(self) -> str:
        """The protocol revision that this client settles on. FastMCP's never tries the newer one over legacy SSE."""
        legacy = self.client == "mcp-legacy" or (self.client, self.transport) == ("fastmcp", "sse")
        return HANDSHAKE if legacy else MODERN


DOORS = [
    Door(client, transport)
    for client in ("mcp-auto", "mcp-legacy", "fastmcp")
    for transport in ("stdio", "http", "sse")
]


@dataclass
class Person:
    """The user of a client who is asked before a write: answers the same each time, and remembers what was asked."""

    action: str
    """`accept`, `decline` or `cancel`."""
    questions: list[types.ElicitRequestFormParams] = field(default_factory=list)

    def answer(self, question: types.ElicitRequestParams) -> types.ElicitResult:
        """Fills in the form, when the answer is yes."""
        assert isinstance(question, types.ElicitRequestFormParams), question
        self.questions.append(question)
        if self.action != "accept":
            return types.ElicitResult(action=self.action)
        fields = question.requested_schema.get("properties", {})
        return types.ElicitResult(
            action="accept", content={name: _filled_in(schema) for name, schema in fields.items()}
        )


def _filled_in(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    return {"boolean": True, "string": "yes", "integer": 1, "number": 1}[schema["type"]]


class Agent:
    """A connected client."""

    def __init__(self, client: mcp.Client | fastmcp.Client, product: Toolgate, changed: anyio.Event) -> None:
        self.client = client
        self._product = product
        self._changed = changed

    @property
    def protocol(self) -> str:
        """The protocol revision that was negotiated."""
        return self.client.session.protocol_version

    @property
    def instructions(self) -> str:
        """What the server says about itself to the model."""
        return self.client.session.instructions or ""

    async def page(self, cursor: str | None = None) -> types.ListToolsResult:
        """One page of the list of tools."""
        if isinstance(self.client, fastmcp.Client):
            return await self.client.list_tools_mcp(cursor=cursor)
        return await self.client.list_tools(cursor=cursor)

    async def pages(self) -> list[list[types.Tool]]:
        """Every page of the list of tools."""
        pages, cursor = [], None
        while True:
            page = await self.page(cursor)
            pages.append(page.tools)
            if (cursor := page.next_cursor) is None:
                return pages

    async def tool_names(self) -> list[str]:
        """The names of all tools, in the server's order."""
        return [tool.name for page in await self.pages() for tool in page]

    async def ask(self, name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        """Calls a tool that only looks at the catalog, which leaves no row in the audit log."""
        result = await self.call(name, arguments)
        self._product.calls -= 1
        return result

    async def call(self, name: str, arguments: dict[str, Any], progress: Any = None) -> types.CallToolResult:
        """Calls a tool; a result that is an error is returned like any other."""
        self._product.calls += 1
        if isinstance(self.client, fastmcp.Client):
            result = await self.client.call_tool_mcp(name, arguments, progress_handler=progress)
        else:
            result = await self.client.call_tool(name, arguments, progress_callback=progress)
        if not result.is_error and result.structured_content is not None:
            assert json.loads(result.content[0].text) == result.structured_content, "text and structured content differ"
        return result

    async def tools_changed(self) -> None:
        """Waits until the server says that its tools changed since the last time this returned."""
        with anyio.fail_after(PATIENCE):
            await self._changed.wait()
        self._changed = anyio.Event()

    def on_change(self) -> None:
        """Notes that the server said so."""
        self._changed.set()


def text_of(result: types.CallToolResult) -> str:
    """The text that the model reads."""
    return "\n".join(block.text for block in result.content if isinstance(block, types.TextContent))


@asynccontextmanager
async def connect(door: Door, product: Toolgate, person: Person | None = None) -> AsyncIterator[Agent]:
    """Connects `door`'s client to `product`, starting a server for it; without a `person` it cannot be asked."""
    async with AsyncExitStack() as stack:
        address = "" if door.transport == "stdio" else stack.enter_context(product.serve_http())
        async with connect_to(door, product, address, person) as agent:
            yield agent


@asynccontextmanager
async def connect_to(
    door: Door, product: Toolgate, address: str, person: Person | None = None, key: str | None = None
) -> AsyncIterator[Agent]:
    """Connects to a server that runs at `address` already, showing `key`; over stdio the client starts its own."""
    agent: Agent

    async def on_message(message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            agent.on_change()

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    client = _client(door, product, address, person, on_message, headers)
    agent = Agent(client, product, anyio.Event())
    async with client:
        yield agent


@asynccontextmanager
async def subscribed(agent: Agent) -> AsyncIterator[None]:
    """Has the server tell of changes: asked for since 2026-07-28, and always the case before."""
    if agent.protocol != MODERN:
        yield
        return
    async with listen(agent.client.session, tools_list_changed=True) as changes, anyio.create_task_group() as tasks:

        async def watch() -> None:
            async for _ in changes:
                agent.on_change()

        tasks.start_soon(watch)
        yield
        tasks.cancel_scope.cancel()


def _client(
    door: Door, product: Toolgate, address: str, person: Person | None, on_message: Any, headers: dict[str, str]
) -> mcp.Client | fastmcp.Client:
    if door.client == "fastmcp":
        return _fastmcp_client(door, product, address, person, on_message, headers)

    async def elicit(_context: Any, question: types.ElicitRequestParams) -> types.ElicitResult:
        return person.answer(question)

    command, *arguments = product.stdio_command()
    server: Any = {
        "stdio": lambda: mcp.StdioServerParameters(command=command, args=arguments, env=product.environment),
        "http": lambda: streamable_http_client(
            f"{address}/mcp", http_client=httpx2.AsyncClient(headers=headers, timeout=PATIENCE)
        ),
        "sse": lambda: sse_client(f"{address}/sse", headers=headers),
    }[door.transport]()
    return mcp.Client(
        server,
        mode="legacy" if door.client == "mcp-legacy" else "auto",
        elicitation_callback=elicit if person else None,
        message_handler=on_message,
        read_timeout_seconds=PATIENCE,
    )


def _fastmcp_client(
    door: Door, product: Toolgate, address: str, person: Person | None, on_message: Any, headers: dict[str, str]
) -> fastmcp.Client:
    async def elicit(
        _message: str, _type: Any, question: types.ElicitRequestParams, _context: Any
    ) -> types.ElicitResult:
        return person.answer(question)

    command, *arguments = product.stdio_command()
    transport: Any = {
        "stdio": lambda: fastmcp_transports.StdioTransport(
            command, arguments, env=product.environment, keep_alive=False
        ),
        "http": lambda: fastmcp_transports.StreamableHttpTransport(f"{address}/mcp", headers=headers),
        "sse": lambda: fastmcp_transports.SSETransport(f"{address}/sse", headers=headers),
    }[door.transport]()
    return fastmcp.Client(
        transport,
        elicitation_handler=elicit if person else None,
        message_handler=on_message,
        timeout=PATIENCE,
    )
