"""Connectors are edited while clients are connected."""

import pytest

from agents import Door, connect, subscribed
from product import Toolgate, eventually

pytestmark = pytest.mark.anyio

ONE_MORE = """
[[actions]]
name = "{name}"
description = "One customer, by another name"
method = "GET"
path = "/customers/{{id}}"

[[actions.input]]
name = "id"
type = "TEXT"
required = true
"""


async def test_an_edit_reaches_clients_and_a_broken_one_does_not(door: Door, product: Toolgate) -> None:
    file = product.connectors / "demo-crm" / "services" / "more.toml"
    async with connect(door, product) as agent, subscribed(agent):
        before = await agent.tool_names()

        file.write_text(ONE_MORE.format(name="first_edit", id="{id}"))
        await agent.tools_changed()
        edited = await agent.tool_names()
        assert set(edited) - set(before) == {"demo_crm__first_edit"}

        said = len(product.stderr.read_bytes())
        file.write_text("[[actions]\n")
        await eventually(lambda: b"more.toml" in product.stderr.read_bytes()[said:], "a word about the broken edit")
        assert await agent.tool_names() == edited
        assert product.run("check").returncode != 0

        file.write_text(ONE_MORE.format(name="second_edit", id="{id}"))
        await agent.tools_changed()
        assert set(await agent.tool_names()) - set(before) == {"demo_crm__second_edit"}
