"""What reaches the API is what was meant, and what comes back from it cannot do harm."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents import Door, connect, text_of
from conftest import SETTINGS
from product import SampleApi, Toolgate

pytestmark = pytest.mark.anyio

DOOR = Door("mcp-auto", "stdio")


@pytest.fixture
def settings() -> str:
    return SETTINGS.replace("call_timeout_ms = 60000", "call_timeout_ms = 3000")


@pytest.fixture
def product(tmp_path: Path, api: SampleApi, settings: str) -> Iterator[Toolgate]:
    toolgate = Toolgate(tmp_path / "toolgate", settings, {"DEMO_CRM_KEY": api.key})
    toolgate.add_connector(Path(__file__).parent / "probe", {"http://127.0.0.1:7878": api.address})
    checked = toolgate.run("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    yield toolgate
    toolgate.assert_silent_about(api.key)
    assert len(toolgate.log_rows()) == toolgate.calls


NASTY = 'quotes " and \\ and\nlines and {{ 7 * 7 }} and {text} and ü and \U0001f600'


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"where": "here", "text": NASTY, "count": 7}, {"json": {"text": NASTY, "count": 7, "both": f"{NASTY} and 7"}}),
        ({"where": "here", "count": 2.5}, {"json": {"count": 2.5}}),
        ({"where": "here", "query": "a&b=c #d"}, {"query": "q=a%26b%3Dc%20%23d"}),
        ({"where": "a b?c#d", "text": "x"}, {"path": "/v1/echo/a%20b%3Fc%23d"}),
        ({"where": "here", "note": "plain"}, {"note": "plain"}),
    ],
    ids=["text kept", "number kept, missing left out", "query encoded", "path encoded", "header sent"],
)
async def test_arguments_arrive_as_they_were_given(
    product: Toolgate, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    async with connect(DOOR, product) as agent:
        result = await agent.call("probe__echo", arguments)
        assert not result.is_error, text_of(result)
        arrived = result.structured_content
        assert {name: arrived[name] for name in expected} == expected
        assert arrived["key"], "the key was sent, and something stands in for it in the answer"


@pytest.mark.parametrize(
    "arguments",
    [
        {"where": "../customers"},
        {"where": ".."},
        {"where": "%2e%2e/customers"},
        {"where": "a/b"},
        {"where": "here", "note": "a\r\nX-Evil: 1"},
    ],
    ids=json.dumps,
)
async def test_arguments_cannot_leave_their_place(product: Toolgate, api: SampleApi, arguments: dict[str, Any]) -> None:
    async with connect(DOOR, product) as agent:
        result = await agent.call("probe__echo", arguments)
        if not result.is_error:
            assert result.structured_content["evil"] is None
    for request in api.requests():
        assert request["path"].startswith("/v1/echo/") and request["path"].count("/") == 3, request


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("probe__status", {"code": 401}, "AUTHENTICATION_FAILED"),
        ("probe__status", {"code": 404}, "ENDPOINT_NOT_FOUND"),
        ("probe__status", {"code": 422}, "UPSTREAM_ERROR"),
        ("probe__status", {"code": 429}, "RATE_LIMITED"),
        ("probe__status", {"code": 500}, "UPSTREAM_ERROR"),
        ("probe__slow", {"milliseconds": 60_000}, "TIMEOUT"),
        ("probe__bytes", {"count": 64 * 1024 * 1024}, "RESPONSE_TOO_LARGE"),
        ("probe__redirect", {"to": "http://169.254.169.254/latest/meta-data"}, "URL_NOT_ALLOWED"),
        ("probe__redirect", {"to": "http://127.0.0.1:9/v1/status/200"}, "URL_NOT_ALLOWED"),
    ],
)
async def test_what_goes_wrong_out_there_has_a_code(
    product: Toolgate, tool: str, arguments: dict[str, Any], code: str
) -> None:
    async with connect(DOOR, product) as agent:
        result = await agent.call(tool, arguments)
        assert result.is_error
        assert text_of(result).startswith(code), text_of(result)
        assert "What to do:" in text_of(result)
    [row] = product.log_rows()
    assert row["outcome"] == code
