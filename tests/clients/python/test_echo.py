"""Every style, place and kind of value of a description, as the real httpbin shows what arrived: it parses queries,
forms and parts itself. The values and what becomes of them are the specification's own table (OpenAPI 3.1.1, section
4.8.12.4 "Style Examples").
"""

import json
import urllib.parse
from dataclasses import dataclass
from typing import Any

import pytest

from agents import Door, Person, connect, text_of
from product import Toolgate
from test_httpbin import httpbin  # noqa: F401, the server as a fixture

pytestmark = pytest.mark.anyio

DOOR = Door("mcp-auto", "stdio")
LIST = ["blue", "black", "brown"]
OBJECT = {"R": "100", "G": "200", "B": "150"}
SCHEMAS = {
    "text": {"type": "string"},
    "list": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "properties": {name: {"type": "string"} for name in OBJECT}},
}
VALUES: dict[str, Any] = {"text": "blue", "list": LIST, "object": OBJECT}
FLAT = "R,100,G,200,B,150"


@dataclass(frozen=True)
class Case:
    """One way to write one kind of value, and what httpbin shows of it."""

    place: str
    """`path`, `query`, `header` or `cookie`; `form` and `multipart` for a member of such a body."""
    style: str
    explode: bool
    kind: str
    shown: Any

    @property
    def name(self) -> str:
        """The operation's id."""
        return f"{self.place}_{self.style}_{'exploded' if self.explode else 'whole'}_{self.kind}"


CASES = [
    Case("path", "simple", False, "text", "blue"),
    Case("path", "simple", False, "list", "blue,black,brown"),
    Case("path", "simple", False, "object", FLAT),
    Case("path", "simple", True, "list", "blue,black,brown"),
    Case("path", "simple", True, "object", "R=100,G=200,B=150"),
    Case("path", "label", False, "text", ".blue"),
    Case("path", "label", False, "list", ".blue,black,brown"),
    Case("path", "label", False, "object", f".{FLAT}"),
    Case("path", "label", True, "list", ".blue.black.brown"),
    Case("path", "label", True, "object", ".R=100.G=200.B=150"),
    Case("path", "matrix", False, "text", ";color=blue"),
    Case("path", "matrix", False, "list", ";color=blue,black,brown"),
    Case("path", "matrix", False, "object", f";color={FLAT}"),
    Case("path", "matrix", True, "list", ";color=blue;color=black;color=brown"),
    Case("path", "matrix", True, "object", ";R=100;G=200;B=150"),
    Case("query", "form", True, "text", {"color": "blue"}),
    Case("query", "form", True, "list", {"color": LIST}),
    Case("query", "form", True, "object", OBJECT),
    Case("query", "form", False, "list", {"color": "blue,black,brown"}),
    Case("query", "form", False, "object", {"color": FLAT}),
    Case("query", "spaceDelimited", False, "list", {"color": "blue black brown"}),
    Case("query", "spaceDelimited", False, "object", {"color": FLAT.replace(",", " ")}),
    Case("query", "pipeDelimited", False, "list", {"color": "blue|black|brown"}),
    Case("query", "pipeDelimited", False, "object", {"color": FLAT.replace(",", "|")}),
    Case("query", "deepObject", True, "object", {f"color[{name}]": value for name, value in OBJECT.items()}),
    Case("header", "simple", False, "text", "blue"),
    Case("header", "simple", False, "list", "blue,black,brown"),
    Case("header", "simple", False, "object", FLAT),
    Case("header", "simple", True, "list", "blue,black,brown"),
    Case("header", "simple", True, "object", "R=100,G=200,B=150"),
    Case("cookie", "form", True, "text", "color=blue"),
    Case("cookie", "form", True, "list", "color=blue; color=black; color=brown"),
    Case("cookie", "form", True, "object", "R=100; G=200; B=150"),
    # A cookie cannot hold a comma (RFC 6265, section 4.1.1); between values it is the style's own.
    Case("cookie", "form", False, "list", "color=blue,black,brown"),
    Case("cookie", "form", False, "object", f"color={FLAT}"),
    *(
        case
        for body in ("form", "multipart")
        for case in (
            Case(body, "form", True, "text", {"color": "blue"}),
            Case(body, "form", True, "list", {"color": LIST}),
            Case(body, "form", True, "object", OBJECT),
            Case(body, "form", False, "list", {"color": "blue,black,brown"}),
            Case(body, "form", False, "object", {"color": FLAT}),
            Case(body, "spaceDelimited", False, "list", {"color": "blue black brown"}),
            Case(body, "spaceDelimited", False, "object", {"color": FLAT.replace(",", " ")}),
            Case(body, "pipeDelimited", False, "list", {"color": "blue|black|brown"}),
            Case(body, "pipeDelimited", False, "object", {"color": FLAT.replace(",", "|")}),
            Case(body, "deepObject", True, "object", {f"color[{name}]": value for name, value in OBJECT.items()}),
        )
    ),
]
MEDIA_TYPES = {"form": "application/x-www-form-urlencoded", "multipart": "multipart/form-data"}


def described() -> dict[str, Any]:
    """A description of httpbin's `/anything` with an operation for each case."""
    paths: dict[str, Any] = {}
    for case in CASES:
        written = {"style": case.style, "explode": case.explode}
        if case.place in MEDIA_TYPES:
            schema = {"type": "object", "properties": {"color": SCHEMAS[case.kind]}}
            media_type = {"schema": schema, "encoding": {"color": written}}
            body = {"required": True, "content": {MEDIA_TYPES[case.place]: media_type}}
            item = {"post": {"operationId": case.name, "requestBody": body}}
        else:
            parameter = {"name": "color", "in": case.place, "required": True, "schema": SCHEMAS[case.kind], **written}
            item = {"get": {"operationId": case.name, "parameters": [parameter]}}
        placeholder = "/{color}" if case.place == "path" else ""
        paths[f"/anything/{case.name}{placeholder}"] = item
    return {"openapi": "3.1.1", "info": {"title": "Echo", "version": "1"}, "paths": paths}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, httpbin: str) -> tuple[Toolgate, dict[str, str]]:  # noqa: F811
    """An installation with the description, and the tool of each case."""
    folder = tmp_path_factory.mktemp("echo")
    (folder / "openapi.json").write_text(json.dumps(described()))
    toolgate = Toolgate(folder / "toolgate", "")
    arguments = ("import", str(folder / "openapi.json"), "--name", "echo", "--base-url", httpbin)
    report = toolgate.ask(*arguments)["report"]
    assert not report["skipped"] and len(report["imported"]) == len(CASES)
    return toolgate, {one["operation_id"]: f"echo__{one['action']}" for one in report["imported"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_httpbin_sees_what_the_table_says(case: Case, imported: tuple[Toolgate, dict[str, str]]) -> None:
    toolgate, tools = imported
    async with connect(DOOR, toolgate, Person("accept")) as agent:
        result = await agent.call(tools[case.name], {"color": VALUES[case.kind]})
    assert not result.is_error, text_of(result)
    echo = result.structured_content
    path = urllib.parse.unquote(urllib.parse.urlsplit(echo["url"]).path)
    shown = {
        "path": path.rpartition("/")[2],
        "query": echo["args"],
        "header": echo["headers"].get("Color"),
        "cookie": echo["headers"].get("Cookie"),
        "form": echo["form"],
        "multipart": echo["form"],
    }
    assert shown[case.place] == case.shown
    assert case.place == "query" or not echo["args"]
    if case.place in MEDIA_TYPES:
        assert echo["headers"]["Content-Type"].partition(";")[0] == MEDIA_TYPES[case.place]
    else:
        assert not echo["form"] and not echo["data"]
