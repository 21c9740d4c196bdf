"""What connectors say beside their tools: SKILL.md as a resource, connectors as prompts, `#names` completed."""

import mcp_types as types
import pytest

from agents import DOORS, Door, connect
from product import CONNECTORS, Toolgate

pytestmark = pytest.mark.anyio

MCP_DOORS = [door for door in DOORS if door.client != "fastmcp"]
SKILL = "toolgate://connectors/demo_crm/SKILL.md"


@pytest.fixture(params=MCP_DOORS, ids=str)
def door(request: pytest.FixtureRequest) -> Door:
    """The official client over every transport."""
    return request.param


async def test_a_skill_can_be_read(door: Door, product: Toolgate) -> None:
    async with connect(door, product) as agent:
        listed = await agent.client.list_resources()
        assert [str(resource.uri) for resource in listed.resources] == [SKILL]
        templates = await agent.client.list_resource_templates()
        assert [template.uri_template for template in templates.resource_templates] == [
            "toolgate://connectors/{connector}/SKILL.md"
        ]
        read = await agent.client.read_resource(SKILL)
        assert read.contents[0].text == (CONNECTORS / "demo-crm" / "SKILL.md").read_text()


async def test_a_connector_is_a_prompt_and_names_are_completed(door: Door, product: Toolgate) -> None:
    async with connect(door, product) as agent:
        listed = await agent.client.list_prompts()
        assert [prompt.name for prompt in listed.prompts] == ["demo_crm", "use-actions"]
        prompt = await agent.client.get_prompt("demo_crm", {"request": "Find Ada"})
        assert "demo_crm__search_customers" in prompt.messages[0].content.text
        assert prompt.messages[-1].content.text == "Find Ada"

        attach = types.PromptReference(type="ref/prompt", name="use-actions")
        typed = {"name": "text", "value": "open one with #create"}
        completed = await agent.client.complete(attach, typed)
        assert completed.completion.values == ["open one with #demo_crm__create_ticket"]
        prompt = await agent.client.get_prompt("use-actions", {"text": completed.completion.values[0]})
        assert "`customer_id` (required)" in prompt.messages[0].content.text
