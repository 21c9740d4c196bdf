"""Imported OpenAPI descriptions: every tool is one that clients, and the models behind them, take.

`TOOLGATE_DESCRIPTIONS` names further descriptions to look at, separated as in PATH.
"""

import json
import os
import re
import urllib.parse
from pathlib import Path
from typing import Any

import jsonschema
import mcp_types as types
import pytest
import yaml

from agents import DOORS, Door, connect
from product import REPOSITORY, Toolgate

pytestmark = pytest.mark.anyio

FOLDER = REPOSITORY / "tests/cases/openapi"
COMMITTED = sorted(path for path in FOLDER.rglob("openapi.*") if path.suffix in (".json", ".yaml"))
OTHERS = [Path(path) for path in os.environ.get("TOOLGATE_DESCRIPTIONS", "").split(os.pathsep) if path]

# Every action is a tool, however many there are, on pages that no client gets in one.
SETTINGS = """
[server]
tools_page_size = 50
[finding]
mode = "direct"
[http]
legacy_sse = true
"""

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

# What the interfaces of models take for names of tools and of their arguments.
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
ARGUMENT_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")

# Models' interfaces refuse these at the top of a tool's schema, and clients take references out or stumble over them.
NOT_AT_THE_TOP = {"anyOf", "oneOf", "allOf", "not", "enum", "const", "if"}
NOWHERE = {"$ref", "$dynamicRef", "$defs", "definitions", "$id", "$schema", "allOf", "oneOf", "nullable", "discriminator"}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Toolgate:
    """One installation with a connector of each description."""
    toolgate = Toolgate(tmp_path_factory.mktemp("descriptions"), SETTINGS)
    for path in COMMITTED + OTHERS:
        add(toolgate, path)
    checked = toolgate.run("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    return toolgate


def add(toolgate: Toolgate, path: Path) -> None:
    """Imports `path`, at an address of ours where it does not say where its API is."""
    for more in ([], ["--base-url", "https://api.example.com"]):
        done = toolgate.run("import", str(path), "--name", name_of(path), "--json", *more)
        if "--base-url" not in done.stderr:
            break
    assert done.returncode == 0, f"{path}: {done.stderr}"
    report = json.loads(done.stdout)["report"]
    left_out = report["skipped"]
    assert all(one["reason"] for one in left_out)
    assert len(report["imported"]) + len(left_out) == counted(path), "an operation was lost without a word"


def name_of(path: Path) -> str:
    """A short name for a connector: descriptions in a folder of their own all have the same one."""
    return re.sub(r"\W", " ", path.relative_to(FOLDER).parts[0] if FOLDER in path.parents else path.stem)[:12]


def counted(path: Path) -> int:
    """How many operations a description has, counted without the product."""
    read = json.loads if path.suffix == ".json" else yaml.safe_load
    items = [followed(path, read(path.read_text()), item) for item in read(path.read_text())["paths"].values()]
    return sum(1 for item in items for key in item if key in METHODS)


def followed(path: Path, root: Any, value: Any) -> Any:
    """What a reference leads to within a document, or the whole of another one."""
    while "$ref" in value:
        name, _, pointer = value["$ref"].partition("#")
        value = yaml.safe_load((path.parent / name).read_text()) if name else root
        for part in filter(None, pointer.split("/")):
            value = value[urllib.parse.unquote(part).replace("~1", "/").replace("~0", "~")]
    return value


@pytest.mark.parametrize("door", DOORS, ids=str)
async def test_every_client_lists_every_action(door: Door, imported: Toolgate) -> None:
    expected = {tool["name"] for tool in imported.ask("tools")}
    imported.stderr.write_text("")  # so that this server's address is the only one in it
    async with connect(door, imported) as agent:
        pages = await agent.pages()
        assert len(pages) > 1, "no client was made to ask for more"
        names = [tool.name for page in pages for tool in page]
        assert len(names) == len(set(names)) == len(expected) and set(names) == expected
        for tool in (tool for page in pages for tool in page):
            look_at(tool)


def look_at(tool: types.Tool) -> None:
    """Judges one tool by the rules of JSON Schema 2020-12 and of the interfaces of models."""
    assert TOOL_NAME.fullmatch(tool.name), tool.name
    assert tool.description, tool.name
    for schema in filter(None, (tool.input_schema, tool.output_schema)):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object", tool.name
        assert not NOT_AT_THE_TOP & set(schema), tool.name
        look_within(tool.name, schema)
    for name in tool.input_schema.get("properties", {}):
        assert ARGUMENT_NAME.fullmatch(name), f"{tool.name}: {name}"
    assert len(json.dumps(tool.input_schema, separators=(",", ":"))) <= 12_500, tool.name


def look_within(place: str, schema: Any) -> None:
    """Judges a schema and those in it."""
    if not isinstance(schema, dict):
        return
    assert not NOWHERE & set(schema), place
    kinds = schema.get("type", [])
    assert "array" not in ([kinds] if isinstance(kinds, str) else kinds) or "items" in schema, f"{place} has no items"
    assert schema.get("enum") != [], f"{place} takes nothing"
    re.compile(schema.get("pattern", ""))
    properties = schema.get("properties", {})
    assert set(schema.get("required", [])) <= set(properties), f"{place} requires what is not described"
    if "default" in schema:
        jsonschema.Draft202012Validator(schema).validate(schema["default"])
    for name, one in properties.items():
        look_within(f"{place}/{name}", one)
    for keyword in ("items", "additionalProperties", "not"):
        look_within(f"{place}/{keyword}", schema.get(keyword))
    for one in schema.get("anyOf", []):
        look_within(f"{place}|", one)
