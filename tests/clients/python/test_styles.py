"""Every style of parameters, byte for byte: a description whose requests are worked out here by the specification's own
table (OpenAPI 3.1.1, section 4.8.12.4 "Style Examples", and RFC 6570), beside what Toolgate sends.
"""

import email.message
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from werkzeug.formparser import parse_form_data

from agents import Door, Person, connect, text_of
from product import REPOSITORY, Toolgate

pytestmark = pytest.mark.anyio

DESCRIPTION = REPOSITORY / "tests/cases/openapi/styles/openapi.yaml"
DOOR = Door("mcp-auto", "stdio")

USUAL = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
VALUES = {"primitive": "a/b?ü&c", "array": ["one", "two words", "a,b"], "object": {"name": "x=y", "description": "50%"}}
# Headers are sent as they are, and nothing says how cookies are to be encoded: values that need no encoding.
PLAIN = {"primitive": "blue", "array": ["one", "two"], "object": {"name": "x", "description": "y"}}
PARTS = {"primitive": "a/b?ü&c", "array": ["one", "two words", "three"], "object": {"foo": "x=y", "bar": "50%"}}
DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass
class Received:
    """A request as it arrived."""

    target: str
    headers: email.message.Message
    body: bytes


class Listener(ThreadingHTTPServer):
    """An API that takes everything and keeps it."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        super().__init__(("127.0.0.1", 0), Taker)


class Taker(BaseHTTPRequestHandler):
    """Answers every request with an empty object."""

    server: Listener

    def take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received.append(Received(self.path, self.headers, body))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = take

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def api() -> Iterator[Listener]:
    """The API, on a free port."""
    with Listener() as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield listener
        listener.shutdown()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, api: Listener) -> tuple[Toolgate, dict[str, str]]:
    """An installation with the description, and the action of each of its operations."""
    toolgate = Toolgate(tmp_path_factory.mktemp("styles"), "")
    address = f"http://127.0.0.1:{api.server_port}"
    report = toolgate.ask("import", str(DESCRIPTION), "--name", "styles", "--base-url", address)["report"]
    return toolgate, {one["operation_id"]: one["action"] for one in report["imported"]}


def operations() -> Iterator[Any]:
    """Path, operation and whether it sends parts, of each operation that can be sent."""
    for path, item in yaml.safe_load(DESCRIPTION.read_text())["paths"].items():
        for method, operation in item.items():
            if not (method == "get" and "requestBody" in operation):
                yield pytest.param(path, operation, id=operation["operationId"])


@pytest.mark.parametrize(("path", "operation"), operations())
async def test_requests_are_what_the_specification_says(
    path: str, operation: dict[str, Any], imported: tuple[Toolgate, dict[str, str]], api: Listener
) -> None:
    toolgate, actions = imported
    parameters = operation.get("parameters", [])
    encoding = None
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["multipart/form-data"]
        encoding = content.get("encoding", {})
        given = {name: PARTS[name] for name in content["schema"]["properties"]}
    else:
        given = {one["name"]: values_of(one)[one["name"]] for one in parameters}
    api.received.clear()
    async with connect(DOOR, toolgate, Person("accept")) as agent:
        result = await agent.call(f"styles__{actions[operation['operationId']]}", given)
    assert not result.is_error, text_of(result)
    [request] = api.received
    assert request.target == target_of(path, parameters)
    for one in parameters:
        if one["in"] == "header":
            assert request.headers[one["name"]] == written(one, str)
    cookies = [written(one, str) for one in parameters if one["in"] == "cookie"]
    assert request.headers["Cookie"] == ("; ".join(cookies).replace("&", "; ") or None)
    if encoding is not None:
        assert parts_of(request) == [pair for name in given for pair in parts(name, given[name], encoding.get(name, {}))]


def values_of(parameter: dict[str, Any]) -> dict[str, Any]:
    """The values to send with a parameter."""
    return PLAIN if parameter["in"] in ("header", "cookie") else VALUES


def target_of(path: str, parameters: list[dict[str, Any]]) -> str:
    """The target of the request line."""
    target = path.partition("#")[0]
    for one in parameters:
        if one["in"] == "path":
            target = target.replace(f"{{{one['name']}}}", written(one, encoded))
    query = "&".join(written(one, encoded) for one in parameters if one["in"] == "query")
    return f"{target}?{query}" if query else target


def encoded(text: str) -> str:
    """Percent-encoded but for what is unreserved (RFC 3986, section 2.3)."""
    return quote(text, safe="-._~")


def written(parameter: dict[str, Any], encode: Any) -> str:
    """A parameter as the table of styles has it."""
    name, value = parameter["name"], values_of(parameter)[parameter["name"]]
    style = parameter.get("style", USUAL[parameter["in"]])
    explode = parameter.get("explode", style == "form")
    if style == "deepObject":
        return "&".join(f"{encode(f'{name}[{key}]')}={encode(one)}" for key, one in value.items())
    if style in DELIMITERS:
        return f"{name}=" + encode(DELIMITERS[style]).join(map(encode, flat(value)))
    named = style in ("matrix", "form")
    first, between = {"simple": ("", ","), "label": (".", "."), "matrix": (";", ";"), "form": ("", "&")}[style]
    if isinstance(value, str):
        items = [f"{name}={encode(value)}" if named else encode(value)]
    elif explode and isinstance(value, dict):
        items = [f"{key}={encode(one)}" for key, one in value.items()]
    elif explode:
        items = [f"{name}={encode(one)}" if named else encode(one) for one in value]
    else:
        joined = ",".join(map(encode, flat(value)))
        items = [f"{name}={joined}" if named else joined]
    return first + between.join(items)


def flat(value: list[str] | dict[str, str]) -> list[str]:
    """The items of a list; names and values of an object in turns."""
    return [part for pair in value.items() for part in pair] if isinstance(value, dict) else value


def parts(name: str, value: Any, encoding: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and texts of the parts that carry a member of a form."""
    style = encoding.get("style")
    explode = encoding.get("explode", style == "form")
    if isinstance(value, str):
        return [(name, value)]
    if style is None:
        return [(name, one) for one in value] if isinstance(value, list) else [(name, json.dumps(value))]
    if style in DELIMITERS:
        return [(name, DELIMITERS[style].join(flat(value)))]
    if not explode:
        return [(name, ",".join(flat(value)))]
    return list(value.items()) if isinstance(value, dict) else [(name, one) for one in value]


def parts_of(request: Received) -> list[tuple[str, str]]:
    """The parts of a body, as an independent reader finds them; JSON in one spelling."""
    environ = {
        "wsgi.input": BytesIO(request.body),
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers["Content-Type"],
        "REQUEST_METHOD": "POST",
    }
    _, form, files = parse_form_data(environ)
    assert not files
    texts = [(name, one) for name in form for one in form.getlist(name)]
    return [(name, json.dumps(json.loads(one)) if one.startswith("{") else one) for name, one in texts]
