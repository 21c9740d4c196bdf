"""Runs Toolgate as a user would: the binary, a folder of connectors, and the sample API behind them.

Everything that the product prints or sends to a client is kept, so that each test can end with a search for the secret.
"""

import base64
import json
import os
import re
import secrets
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from relay import Relay

REPOSITORY = Path(__file__).resolve().parents[3]
CONNECTORS = REPOSITORY / "connectors"
PATIENCE = 20.0
"""Seconds that anything may take before a test gives up on it."""

BEGUN, ENDED = "=== server begun", "=== server ended"

T = TypeVar("T")


def binary() -> Path:
    """The product; `tests/run` says where it was built."""
    return Path(os.environ.get("TOOLGATE_BINARY", REPOSITORY / "target/debug/toolgate"))


def until(condition: Callable[[], T | None], what: str) -> T:
    """Looks again and again until `condition` returns something true, and returns that."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE:.0f} seconds in vain: {what}")
        time.sleep(0.02)
    return found


async def eventually(condition: Callable[[], T | None], what: str) -> T:
    """`until`, while the client under test goes on."""
    return await anyio.to_thread.run_sync(until, condition, what)


@contextmanager
def program(command: list[str], output: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a server with everything it prints going to the file `output`; ends it with the block."""
    with output.open("ab") as sink:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=env)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{command[0]} did not end when asked to") from None


def announced(process: subprocess.Popen[bytes], output: Path, pattern: str) -> str:
    """Waits for a line that matches `pattern` and returns its first group."""

    def look() -> re.Match[str] | None:
        text = output.read_text(errors="replace")
        assert process.poll() is None, f"the program ended with {process.returncode}:\n{text}"
        return re.search(pattern, text, re.MULTILINE)

    return until(look, f"{pattern!r} in what the program prints").group(1)


class SampleApi:
    """The bundled customer API, with a key of its own and a journal of the requests it got."""

    CUSTOMER = "cust_1001"
    NAME = "Astrid Lindqvist"
    """One of the customers that it always has."""

    def __init__(self, address: str, key: str) -> None:
        self.address = address
        self.key = key

    def requests(self, path: str = "") -> list[dict[str, Any]]:
        """The requests that reached it, oldest first, and what became of each."""
        with urllib.request.urlopen(f"{self.address}/_requests", timeout=PATIENCE) as journal:
            return [row for row in json.load(journal) if path in row["path"]]

    def writes(self) -> list[dict[str, Any]]:
        """The requests that changed something, or tried to."""
        return [row for row in self.requests() if row["method"] != "GET"]


@contextmanager
def sample_api(folder: Path) -> Iterator[SampleApi]:
    """Starts the sample API on a free port."""
    key = f"sk-test-{secrets.token_hex(16)}"
    output = folder / "sample.log"
    with program([str(binary()), "sample", "--address", "127.0.0.1:0", "--key", key], output) as process:
        yield SampleApi(announced(process, output, r"sample API listening on (http://\S+)"), key)


class Toolgate:
    """One installation: its settings, connectors and state, and what it sent and printed."""

    def __init__(self, folder: Path, settings: str, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.connectors = folder / "connectors"
        self.connectors.mkdir(parents=True)
        self.wire = folder / "wire"
        self.stderr = folder / "stderr"
        for each in (self.wire, self.stderr):
            each.touch()
        self.calls = 0
        """Calls made so far; the audit log must have one row for each."""
        config = folder / "config.toml"
        config.write_text(settings)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TOOLGATE_CONFIG": str(config),
            "TOOLGATE_CONNECTORS": str(self.connectors),
            "TOOLGATE_STATE": str(folder / "state"),
            **(environment or {}),
        }

    def add_connector(self, original: Path, replacements: dict[str, str]) -> Path:
        """Copies a connector, with its address, among others, replaced; returns the copy's folder."""
        folder = self.connectors / original.name
        shutil.copytree(original, folder)
        main = folder / "connector.toml"
        text = main.read_text()
        for old, new in replacements.items():
            assert old in text, f"{old} is not in {main}"
            text = text.replace(old, new)
        main.write_text(text)
        return folder

    def stdio_command(self) -> list[str]:
        """A command that serves over stdio and keeps what it prints, and the fact that it began and ended."""
        script = f'echo "{BEGUN}" >>"$2"; "$0" serve 2>>"$2" | tee -a "$1" && echo "{ENDED}" >>"$2"'
        return ["sh", "-c", script, str(binary()), str(self.wire), str(self.stderr)]

    @contextmanager
    def serve_http(self) -> Iterator[str]:
        """Serves over HTTP, behind a relay that keeps its answers; yields the address without a path."""
        command = [str(binary()), "serve", "--http", "127.0.0.1:0"]
        with program(command, self.stderr, self.environment) as process:
            address = announced(process, self.stderr, r"listening on (http://\S+)/mcp")
            relay = Relay(int(address.rsplit(":", 1)[1]), self.wire)
            try:
                yield f"http://127.0.0.1:{relay.port}"
            finally:
                relay.close()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a verb to its end in a process of its own."""
        return subprocess.run(
            [str(binary()), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def ask(self, *arguments: str) -> Any:
        """Runs a verb that must succeed, with --json, and returns what it prints."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def approve(self, approval_id: str) -> None:
        """Lets a call through as an operator would, outside of the agent's session."""
        done = self.run("approvals", "approve", approval_id)
        assert done.returncode == 0, done.stderr

    def log_rows(self) -> list[dict[str, Any]]:
        """The audit log, newest first."""
        return self.ask("logs")

    def assert_every_server_ended(self) -> None:
        """Every server that a client started ended when the client closed its input, without being killed."""
        text = self.stderr.read_text()
        assert text.count(BEGUN) == text.count(ENDED), text

    def assert_silent_about(self, *secret_values: str) -> None:
        """No form of a secret in anything a client got or the server printed."""
        for place in (self.wire, self.stderr):
            text = place.read_bytes().lower()
            for value in secret_values:
                for form in spellings(value):
                    assert form.lower() not in text, f"{form!r} in {place.name}"


def spellings(value: str) -> set[bytes]:
    """The ways in which a text is found in answers and logs."""
    plain = value.encode()
    # Without the last, incomplete group: what follows the value decides how that one is spelt.
    encoded = base64.b64encode(plain[: len(plain) // 3 * 3])
    return {plain, urllib.parse.quote(plain, safe="").encode(), encoded}
