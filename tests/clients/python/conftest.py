"""What the tests share: one installation of the product per test, with an API of its own behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import DOORS, Door
from product import CONNECTORS, SampleApi, Toolgate, sample_api

# A page holds fewer tools than the connector has, so that every client has to ask for more than one.
SETTINGS = """
[server]
tools_page_size = 2
call_timeout_ms = 60000
[approvals]
wait_ms = 0
[http]
legacy_sse = true
"""

# Beside what the connector has: an answer that takes as long as one likes.
WAIT_ACTION = """
[[actions]]
name = "wait"
description = "Answers after a while"
method = "GET"
path = "/slow"
query = { ms = "{{milliseconds}}" }

[[actions.input]]
name = "milliseconds"
type = "NUMBER"
required = true
"""


@pytest.fixture
def anyio_backend() -> str:
    """What the asynchronous tests run on."""
    return "asyncio"


@pytest.fixture(params=DOORS, ids=str)
def door(request: pytest.FixtureRequest) -> Door:
    """Every client over every transport."""
    return request.param


@pytest.fixture
def settings() -> str:
    """The product's config.toml; a test that needs another one parametrises this."""
    return SETTINGS


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SampleApi]:
    """The bundled API."""
    with sample_api(tmp_path) as api:
        yield api


@pytest.fixture
def product(tmp_path: Path, api: SampleApi, settings: str) -> Iterator[Toolgate]:
    """The product with the demo connector. What must hold after any test is checked when the test ends."""
    toolgate = Toolgate(tmp_path / "toolgate", settings, {"DEMO_CRM_KEY": api.key})
    folder = toolgate.add_connector(CONNECTORS / "demo-crm", {"http://127.0.0.1:7878": api.address})
    (folder / "services" / "wait.toml").write_text(WAIT_ACTION)
    yield toolgate
    toolgate.assert_every_server_ended()
    host = api.address.removeprefix("http://")
    toolgate.assert_silent_about(api.key, host, "X-API-Key")
    rows = toolgate.log_rows()
    assert len(rows) == toolgate.calls, rows
