"""A server that describes itself: imported from its own address, every operation called, its own validation the judge."""

import base64
import hashlib
import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents import Door, Person, connect, text_of
from library import KEY, TOKEN
from product import PATIENCE, Toolgate, announced, program

pytestmark = pytest.mark.anyio

DOOR = Door("mcp-auto", "stdio")
BOOK = "0b8f1a52-5a9e-4f0c-9a57-2f6f6f0f9a10"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server, on a free port."""
    log = tmp_path_factory.mktemp("library") / "uvicorn.log"
    folder = str(Path(__file__).parent)
    command = [sys.executable, "-m", "uvicorn", "library:app", "--app-dir", folder, "--port", "0"]
    with program(command, log) as server:
        yield announced(server, log, r"Uvicorn running on (http://\S+)")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, library: str) -> tuple[Toolgate, dict[str, str]]:
    """An installation with the API, and the tool of each operation.

    The two schemes that one operation asks for are set up by hand: FastAPI describes them as alternatives.
    """
    toolgate = Toolgate(tmp_path_factory.mktemp("toolgate"), "", {"LIBRARY_TOKEN": TOKEN, "LIBRARY_KEY": KEY})
    network = ("--network", "127.0.0.0/8")
    report = toolgate.ask("import", f"{library}/openapi.json", "--name", "library", *network)["report"]
    assert not report["skipped"], report["skipped"]
    main = toolgate.connectors / "library" / "connector.toml"
    before, _, _ = main.read_text().partition("[auth]")
    main.write_text(
        before + '[auth]\ntype = "combined"\n[[auth.parts]]\ntype = "bearer_token"\ntoken = "env:LIBRARY_TOKEN"\n'
        '[[auth.parts]]\ntype = "api_key"\nheader_name = "X-Library-Key"\nkey = "env:LIBRARY_KEY"\n'
    )
    checked = toolgate.run("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return toolgate, {f"{one['method']} {one['path']}": f"library__{one['action']}" for one in report["imported"]}


def file(name: str, kind: str, content: bytes) -> dict[str, str]:
    """A file as agents give it."""
    return {"fileName": name, "mimeType": kind, "base64": base64.b64encode(content).decode()}


def seen(name: str, kind: str, content: bytes) -> list[str]:
    """A file as the server saw it."""
    return [name, kind, hashlib.sha256(content).hexdigest()]


WHOLE_BOOK = {
    "title": 'Maps & "Legends"',
    "authors": [{"name": "Ünal", "born": "1961-02-03"}, {"name": "Li"}],
    "kind": "map",
    "price": 12.5,
    "added": "2026-02-03T04:05:06Z",
    "edition": {"medium": "audio", "minutes": 61.5},
    "labels": {"red": 1, "a b": 2},
    # Deeper than the schemas of tools go.
    "chapters": [{"title": "1", "parts": [{"title": "1.1", "parts": [{"title": "1.1.1", "parts": [{"title": "a"}]}]}]}],
}
UNDERSTOOD_BOOK = WHOLE_BOOK | {
    "authors": [{"name": "Ünal", "born": "1961-02-03"}, {"name": "Li", "born": None}],
    "price": "12.5",
    "chapters": [
        {
            "title": "1",
            "parts": [{"title": "1.1", "parts": [{"title": "1.1.1", "parts": [{"title": "a", "parts": []}]}]}],
        }
    ],
}
FILTERS = {"limit": 10, "order_by": "title", "tags": [], "between": None}
ASKED = {"kind": "map", "since": None, "exact": False, "pages": []}

CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("GET /books", {}, FILTERS),
    (
        "GET /books",
        {"limit": 99, "order_by": "added", "tags": ["a&b", "c,d", "é"], "between": [1, 5]},
        {"limit": 99, "order_by": "added", "tags": ["a&b", "c,d", "é"], "between": [1, 5]},
    ),
    ("GET /books/{book_id}", {"book_id": BOOK, "kind": "map"}, ASKED | {"book_id": BOOK}),
    (
        "GET /books/{book_id}",
        {"book_id": BOOK, "kind": "map", "since": "2026-01-02T03:04:05+02:00", "exact": True, "page": [3, 4]},
        {"book_id": BOOK, "kind": "map", "since": "2026-01-02T03:04:05+02:00", "exact": True, "pages": [3, 4]},
    ),
    ("HEAD /books/{book_id}", {"book_id": BOOK}, {"status": 200}),
    ("OPTIONS /books", {}, {"status": 204}),
    ("POST /books", WHOLE_BOOK | {"notify": True}, {"book": UNDERSTOOD_BOOK, "notify": True}),
    (
        "PUT /books/{book_id}/authors",
        {"book_id": BOOK, "body": [{"name": "Ana"}]},
        {"result": [{"name": "Ana", "born": None}]},
    ),
    (
        "PATCH /books/{book_id}",
        {"book_id": BOOK, "title": "T", "labels": {"x": 1}},
        {"book_id": BOOK, "title": "T", "labels": {"x": 1}},
    ),
    ("DELETE /books/{book_id}", {"book_id": BOOK, "reason": "lost and gone"}, {"result": None}),
    ("GET /files/{name}", {"name": "plan ü?.txt"}, {"name": "plan ü?.txt"}),
    (
        "GET /visits",
        {"x-visitor": 7, "x-tags": ["one"], "session": "s 1;é", "theme": "dark"},
        {"visitor": 7, "tags": ["one"], "theme": "dark"},
    ),
    (
        "POST /readers",
        {"name": "a b&c", "ages": [1, 2], "member": True},
        {"name": "a b&c", "ages": [1, 2], "member": True},
    ),
    (
        "POST /covers",
        {
            "title": "Maps",
            "cover": file("cöver 1.png", "image/png", b"\x89PNG\r\n\x00"),
            "pages": [file("1.txt", "text/plain", b"one\r\n--x"), file("2.bin", "application/octet-stream", b"")],
        },
        {
            "title": "Maps",
            "cover": seen("cöver 1.png", "image/png", b"\x89PNG\r\n\x00"),
            "pages": [seen("1.txt", "text/plain", b"one\r\n--x"), seen("2.bin", "application/octet-stream", b"")],
        },
    ),
    ("POST /notes", {"body": "two\nlines, ü"}, {"note": "two\nlines, ü"}),
    ("POST /loans", {"book_id": BOOK}, {"lent": BOOK}),
]


@pytest.mark.parametrize(
    ("operation", "arguments", "expected"), CALLS, ids=lambda one: one if isinstance(one, str) else ""
)
async def test_the_server_understands_what_was_meant(
    operation: str, arguments: dict[str, Any], expected: dict[str, Any], imported: tuple[Toolgate, dict[str, str]]
) -> None:
    toolgate, tools = imported
    async with connect(DOOR, toolgate, Person("accept")) as agent:
        result = await agent.call(tools[operation], arguments)
    assert not result.is_error, text_of(result)
    answer = result.structured_content
    assert {name: answer.get(name) for name in expected} == expected


async def test_what_the_server_refuses_is_told(imported: tuple[Toolgate, dict[str, str]]) -> None:
    toolgate, tools = imported
    async with connect(DOOR, toolgate, Person("accept")) as agent:
        # The schema of a UUID is a text in a format, which is not enforced before the API does.
        result = await agent.call(tools["GET /books/{book_id}"], {"book_id": "no-uuid", "kind": "map"})
    assert result.is_error and "book_id" in text_of(result) and "UUID" in text_of(result), text_of(result)


def test_every_operation_is_called(library: str) -> None:
    with urllib.request.urlopen(f"{library}/openapi.json", timeout=PATIENCE) as answer:
        paths = json.load(answer)["paths"]
    described = {f"{key.upper()} {path}" for path, item in paths.items() for key in item if key in METHODS}
    assert described == {operation for operation, _, _ in CALLS}
