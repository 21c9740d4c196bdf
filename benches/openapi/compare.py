"""What Toolgate and other converters make of the same OpenAPI descriptions, one table row for each of both.

    compare.py DESCRIPTION...

`README.md` in the folder above says how to install what it needs.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

HERE = Path(__file__).resolve().parent
NODE = os.environ.get("TOOLGATE_NODE", "node")
BINARY = os.environ.get("TOOLGATE_BINARY", str(HERE.parents[1] / "target/release/toolgate"))
PATIENCE = int(os.environ.get("PATIENCE", "300"))
"""Seconds that a converter may take for one description."""

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
NOT_AT_THE_TOP = {"anyOf", "oneOf", "allOf", "not", "enum", "const", "if", "$ref"}


@dataclass
class Made:
    """What a converter made of a description, and what that took."""

    tools: list[dict[str, Any]]
    seconds: float
    processor_seconds: float
    megabytes: float
    problem: str = ""


def run(command: list[str], environment: dict[str, str] | None = None) -> Made:
    """Runs a converter in a process of its own, and measures that."""
    with tempfile.TemporaryFile("w+") as said:
        begun = time.monotonic()
        process = subprocess.Popen(command, stdout=said, stderr=said, env=os.environ | (environment or {}))
        megabytes = 0.0
        while True:
            megabytes = most_memory(process.pid) or megabytes
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - begun > PATIENCE:
                process.kill()
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        said.seek(0)
        lines = said.read().strip().splitlines()
    problem = "" if process.returncode == 0 else (lines[-1] if lines else f"status {process.returncode}")
    return Made([], seconds, used.ru_utime + used.ru_stime, megabytes, problem)


def most_memory(process: int) -> float:
    """The most memory that a process has had so far, in MiB; 0 at its end. What `wait4` says counts this script's own."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def toolgate(description: Path, folder: Path) -> Made:
    """The tools of a connector that Toolgate imports."""
    environment = {"TOOLGATE_CONNECTORS": str(folder / "connectors"), "TOOLGATE_STATE": str(folder / "state")}
    begin = [BINARY, "import", str(description), "--name", "api"]
    made = run(begin, environment)
    if "--base-url" in made.problem:
        made = run([*begin, "--base-url", "https://api.example.com"], environment)
    if not made.problem:
        listed = subprocess.run(
            [BINARY, "tools", "--json"], env=os.environ | environment, capture_output=True, check=True, timeout=PATIENCE
        )
        rows = json.loads(listed.stdout)
        made.tools = [
            {"name": row["name"], "input": row["inputSchema"], "output": row["outputSchema"]} for row in rows
        ]
    return made


def other(command: list[str]) -> Callable[[Path, Path], Made]:
    """A converter of this folder, which writes its tools to a file."""

    def convert(description: Path, folder: Path) -> Made:
        output = folder / "tools.json"
        made = run([*command, str(description), str(output)])
        if not made.problem:
            made.tools = json.loads(output.read_text())
        return made

    return convert


CONVERTERS = {
    "toolgate": toolgate,
    "fastmcp": other([sys.executable, str(HERE / "fastmcp_tools.py")]),
    "openapi-mcp-generator": other([NODE, str(HERE / "generator_tools.mjs")]),
    "ivotoby": other([NODE, str(HERE / "ivotoby_tools.mjs")]),
}


def valid(tools: list[dict[str, Any]]) -> int:
    """How many tools clients and models take: names, schemas of both kinds, and the rules for the top of a schema."""
    names = [tool["name"] for tool in tools]
    return sum(1 for tool in tools if names.count(tool["name"]) == 1 and is_valid(tool))


def is_valid(tool: dict[str, Any]) -> bool:
    """Whether one tool is taken."""
    schema = tool["input"]
    if not TOOL_NAME.fullmatch(tool["name"]) or schema.get("type") != "object" or NOT_AT_THE_TOP & set(schema):
        return False
    try:
        for one in filter(None, (schema, tool.get("output"))):
            jsonschema.Draft202012Validator.check_schema(one)
            if not all(leads_somewhere(one, reference) for reference in references(one)):
                return False
    except (jsonschema.SchemaError, RecursionError):
        return False
    return True


def references(schema: Any) -> list[str]:
    """Every `$ref` in a schema."""
    if isinstance(schema, list):
        return [one for item in schema for one in references(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    return own + [one for value in schema.values() for one in references(value)]


def leads_somewhere(schema: Any, reference: str) -> bool:
    """Whether a reference stays in the schema and finds something."""
    if not reference.startswith("#"):
        return False
    for part in filter(None, reference[1:].split("/")):
        part = urllib.parse.unquote(part).replace("~1", "/").replace("~0", "~")
        if not isinstance(schema, dict) or part not in schema:
            return False
        schema = schema[part]
    return True


def counted(description: Path) -> int:
    """Operations of a description, those behind references of its paths left out."""
    read = json.loads if description.suffix == ".json" else yaml.safe_load
    items = read(description.read_text())["paths"].values()
    return sum(1 for item in items for key in item if key in METHODS)


def main(descriptions: list[Path]) -> None:
    """Prints the table."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print("| description | operations | converter | tools | valid | seconds | of processor | MiB |")
    print("|---|--:|---|--:|--:|--:|--:|--:|")
    for description in descriptions:
        for name, convert in CONVERTERS.items():
            with tempfile.TemporaryDirectory() as folder:
                made = convert(description, Path(folder))
            told = made.problem[:60] or f"{len(made.tools)} | {valid(made.tools)}"
            told = told if not made.problem else f"0 | {told.replace('|', ' ')}"
            print(
                f"| {description.name} | {counted(description)} | {name} | {told} | {made.seconds:.2f} |"
                f" {made.processor_seconds:.2f} | {made.megabytes:.0f} |",
                flush=True,
            )


main([Path(name) for name in sys.argv[1:]])
