"""The httpbin connector of the repository against the real httpbin server: an independent judge of what leaves."""

import base64
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest

from agents import Door, Person, connect, text_of
from conftest import SETTINGS
from product import CONNECTORS, Toolgate, announced, program

pytestmark = pytest.mark.anyio

DOOR = Door("mcp-auto", "http")
PASSWORD = "open-sesame"
"""What the connector's `check_login` asks httpbin to accept."""


@pytest.fixture(scope="module")
def httpbin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server, on a free port."""
    folder = tmp_path_factory.mktemp("httpbin")
    log = folder / "gunicorn.log"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        "127.0.0.1:0",
        "--threads",
        "4",
        "--no-control-socket",
        "httpbin:app",
    ]
    with program(command, log) as server:
        yield announced(server, log, r"Listening at: (http://\S+)")


@pytest.fixture
def product(tmp_path: Path, httpbin: str) -> Iterator[Toolgate]:
    toolgate = Toolgate(tmp_path / "toolgate", SETTINGS, {"HTTPBIN_PASSWORD": PASSWORD})
    # A shorter limit than its own, so that a late answer is late soon.
    toolgate.add_connector(
        CONNECTORS / "httpbin", {"http://127.0.0.1:8399": httpbin, "timeout_ms = 10000": "timeout_ms = 1500"}
    )
    yield toolgate
    credentials = base64.b64encode(f"toolgate:{PASSWORD}".encode()).decode()
    # httpbin also shows a request's address; the connector leaves it out of its answers.
    toolgate.assert_silent_about(PASSWORD, credentials, httpbin.removeprefix("http://"))
    assert len(toolgate.log_rows()) == toolgate.calls


async def call(product: Toolgate, action: str, arguments: dict[str, Any]) -> types.CallToolResult:
    """Calls an action of the connector; a person allows it if it is a write."""
    async with connect(DOOR, product, Person("accept")) as agent:
        return await agent.call(f"httpbin__{action}", arguments)


@pytest.mark.parametrize(
    ("action", "arguments", "expected"),
    [
        (
            "anything_get",
            {"segment": "a b?c#d", "search": "x&y=ü+1", "tags": ["one", "two three"], "trace": "t-1"},
            {
                "query": {"search": "x&y=ü+1", "tag": ["one", "two three"], "page": "1", "mode": "echo"},
                "trace": "t-1",
                "client": "toolgate",
            },
        ),
        (
            "anything_post",
            {"name": 'Ana "A"\nLi', "count": 2, "details": {"deep": [1, None]}, "source": "test"},
            {
                "method": "POST",
                "query": {"source": "test"},
                "content_type": "application/json",
                "body": {
                    "name": 'Ana "A"\nLi',
                    "greeting": 'Hello Ana "A"\nLi!',
                    "count": 2,
                    "details": {"deep": [1, None]},
                    "nested": {"list": ['Ana "A"\nLi', 2], "fixed": True},
                },
            },
        ),
        ("form_post", {"subject": "a=b&c", "message": "one\ntwo"}, {"subject": "a=b&c", "message": "one\ntwo"}),
        ("check_login", {}, {"user": "toolgate", "accepted": True}),
        ("delay", {"seconds": 0.1}, {"client": "toolgate"}),
        ("redirect", {"times": 3}, {"client": "toolgate"}),
        ("gzip", {}, {"compressed": True}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_action_does_what_it_says(
    product: Toolgate, action: str, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    result = await call(product, action, arguments)
    assert not result.is_error, text_of(result)
    answer = result.structured_content
    assert {name: answer.get(name) for name in expected} == expected


async def test_a_picture_arrives_as_a_picture(product: Toolgate) -> None:
    result = await call(product, "image_png", {})
    [image] = result.content
    assert isinstance(image, types.ImageContent) and image.mime_type == "image/png"
    assert base64.b64decode(image.data).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("action", "arguments", "code"),
    [
        ("status", {"code": 418}, "UPSTREAM_ERROR"),
        ("status", {"code": 503}, "UPSTREAM_ERROR"),
        ("delay", {"seconds": 5}, "TIMEOUT"),
        ("redirect", {"times": 20}, "UPSTREAM_ERROR"),
        ("redirect_to", {"url": "http://169.254.169.254/latest"}, "URL_NOT_ALLOWED"),
        ("redirect_to", {"url": "https://example.com/"}, "URL_NOT_ALLOWED"),
    ],
)
async def test_what_goes_wrong_has_a_code(product: Toolgate, action: str, arguments: dict[str, Any], code: str) -> None:
    result = await call(product, action, arguments)
    assert result.is_error and text_of(result).startswith(code), text_of(result)
