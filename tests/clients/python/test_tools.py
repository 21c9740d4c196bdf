"""Finding out what there is, reading, and failing in ways that a model can act on."""

import re

import mcp
import pytest

from agents import Door, connect, connect_to, text_of
from product import SampleApi, Toolgate

pytestmark = pytest.mark.anyio


async def test_a_session_says_what_the_server_is_for(door: Door, product: Toolgate) -> None:
    async with connect(door, product) as agent:
        assert agent.protocol == door.protocol
        assert "demo_crm" in agent.instructions


async def test_tools_come_in_pages_and_in_one_order(door: Door, product: Toolgate) -> None:
    async with connect(door, product) as agent:
        pages = await agent.pages()
        names = [tool.name for page in pages for tool in page]
        assert len(pages) > 1 and all(len(page) <= 2 for page in pages)
        assert len(set(names)) == len(names)
        assert {"demo_crm__get_customer", "demo_crm__search_customers", "demo_crm__create_ticket"} <= set(names)
        assert await agent.tool_names() == names
        for tool in (tool for page in pages for tool in page):
            assert re.fullmatch(r"[a-zA-Z0-9_-]{1,48}", tool.name)
            assert tool.description and tool.annotations
            assert tool.input_schema["type"] == "object"
            assert not {"oneOf", "anyOf", "allOf"} & set(tool.input_schema)
            reads = tool.name.split("__")[1].split("_")[0] not in ("create", "update", "close", "delete")
            assert tool.annotations.read_only_hint is reads, tool.name


async def test_a_read_returns_what_the_api_has(door: Door, product: Toolgate, api: SampleApi) -> None:
    async with connect(door, product) as agent:
        result = await agent.call("demo_crm__get_customer", {"customer_id": api.CUSTOMER})
        assert not result.is_error, text_of(result)
        assert api.NAME in text_of(result)
        assert result.structured_content


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("demo_crm__get_customer", {}, ["INVALID_REQUEST", "customer_id"]),
        ("demo_crm__search_customers", {"query": "a", "limit": "many"}, ["INVALID_REQUEST", "/limit"]),
        ("demo_crm__get_customer", {"customer_id": "no-such-customer"}, ["ENDPOINT_NOT_FOUND", "404", "What to do:"]),
    ],
    ids=["argument missing", "argument of another type", "not found by the api"],
)
async def test_a_failure_says_what_to_do(
    door: Door, product: Toolgate, api: SampleApi, tool: str, arguments: dict[str, str], words: list[str]
) -> None:
    async with connect(door, product) as agent:
        result = await agent.call(tool, arguments)
        assert result.is_error
        for word in words:
            assert word in text_of(result)
    assert len(api.requests()) == ("404" in words), "a call that is refused here must not reach the API"


async def test_an_unknown_tool_is_an_error_of_the_protocol(door: Door, product: Toolgate, api: SampleApi) -> None:
    async with connect(door, product) as agent:
        with pytest.raises(mcp.MCPError) as raised:
            await agent.call("demo_crm__get_custumer", {})
        assert raised.value.error.code == -32602
        assert "demo_crm__get_customer" in raised.value.error.message, "it names the tool that was probably meant"
    assert api.requests() == []


@pytest.mark.parametrize("transport", ["http", "sse"])
async def test_one_server_has_many_clients(transport: str, product: Toolgate) -> None:
    with product.serve_http() as address:
        async with (
            connect_to(Door("mcp-auto", transport), product, address) as first,
            connect_to(Door("mcp-legacy", transport), product, address) as second,
            connect_to(Door("fastmcp", transport), product, address) as third,
        ):
            for agent in (first, second, third, first):
                result = await agent.call("demo_crm__search_customers", {"query": "a"})
                assert not result.is_error, text_of(result)
