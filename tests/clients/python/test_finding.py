"""More actions than a client should list: they are found, described and called through three tools."""

import pytest

from agents import Door, Person, connect, text_of
from product import SampleApi, Toolgate

pytestmark = pytest.mark.anyio

MANY = """
name = "Archive"
description = "Reports of former years"
[connection]
base_url = "https://archive.example.com"
""" + "".join(
    f"""
[[actions]]
name = "get_report_{year}"
description = "The annual report of {year}"
method = "GET"
path = "/reports/{year}"
"""
    for year in range(1950, 2010)
)

FINDING = ["call_action", "describe_action", "find_actions"]


@pytest.fixture
def many(product: Toolgate) -> Toolgate:
    """The product with sixty more actions."""
    (product.connectors / "archive.toml").write_text(MANY)
    return product


@pytest.mark.parametrize(("action", "code"), [("accept", None), ("decline", "APPROVAL_DENIED")])
async def test_a_write_is_found_described_and_asked_about(
    door: Door, many: Toolgate, api: SampleApi, action: str, code: str | None
) -> None:
    person = Person(action)
    async with connect(door, many, person) as agent:
        assert await agent.tool_names() == FINDING
        assert "find_actions" in agent.instructions

        found = await agent.ask("find_actions", {"query": "raise a support ticket for a customer"})
        best = found.structured_content["actions"][0]
        assert best["name"] == "demo_crm__create_ticket" and best["effect"] == "write"
        described = (await agent.ask("describe_action", {"name": best["name"]})).structured_content
        assert set(best["required"]) <= set(described["input_schema"]["properties"])
        assert person.questions == [] and api.requests("/tickets") == []

        arguments = described["example"]["arguments"] | {"customer_id": api.CUSTOMER, "title": "Found by searching"}
        result = await agent.call("call_action", {"name": best["name"], "arguments": arguments})
    assert result.is_error == (code is not None), text_of(result)
    assert code is None or code in text_of(result)
    [question] = person.questions
    assert "Found by searching" in question.message
    assert len(api.writes()) == (1 if action == "accept" else 0)
    [row] = many.log_rows()
    assert row["tool"] == best["name"] and row["action"] == "create_ticket"


async def test_mistakes_can_be_mended(door: Door, many: Toolgate) -> None:
    async with connect(door, many) as agent:
        unknown = await agent.call("call_action", {"name": "demo_crm__get_custmer"})
        assert unknown.is_error and "demo_crm__get_customer" in text_of(unknown)
        wrong = await agent.call("call_action", {"name": "demo_crm__get_customer", "arguments": {"id": 1}})
        assert wrong.is_error and "customer_id" in text_of(wrong)
        right = await agent.call("call_action", {"name": "custom.demo_crm.get_customer",
                                                 "arguments": {"customer_id": SampleApi.CUSTOMER}})
        assert right.structured_content["name"] == SampleApi.NAME
        connectors = (await agent.ask("custom_list", {})).structured_content
        assert connectors == {"connectors": ["archive", "demo_crm"]}
