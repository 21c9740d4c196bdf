"""A write waits for a person, and goes through exactly once."""

import contextlib
import re

import anyio
import mcp
import mcp_types as types
import pytest

from agents import Agent, Door, Person, connect, text_of
from conftest import SETTINGS
from product import SampleApi, Toolgate

pytestmark = pytest.mark.anyio

WRITE = "demo_crm__create_ticket"


@pytest.fixture
def ticket(api: SampleApi) -> dict[str, str]:
    """Arguments of a write that the API accepts."""
    return {"customer_id": api.CUSTOMER, "title": "The invoice is wrong", "priority": "high"}


def approval_id(result: types.CallToolResult) -> str:
    """The approval that a refused call names."""
    assert result.is_error and "APPROVAL_REQUIRED" in text_of(result), text_of(result)
    return re.search(r"\b[0-9a-f]{32}\b", text_of(result)).group()


@pytest.mark.parametrize(
    ("action", "code", "decision"),
    [("accept", None, "approved"), ("decline", "APPROVAL_DENIED", "denied"), ("cancel", "APPROVAL_REQUIRED", "pending")],
)
async def test_a_person_is_asked_first(
    door: Door,
    product: Toolgate,
    api: SampleApi,
    ticket: dict[str, str],
    action: str,
    code: str | None,
    decision: str,
) -> None:
    person = Person(action)
    async with connect(door, product, person) as agent:
        result = await agent.call(WRITE, ticket)
    assert result.is_error == (code is not None), text_of(result)
    assert code is None or code in text_of(result)
    assert len(api.writes()) == (1 if action == "accept" else 0)
    [question] = person.questions
    for told in ("Demo CRM", "POST", f"/customers/{ticket['customer_id']}/tickets", ticket["title"]):
        assert told in question.message
    [row] = product.log_rows()
    assert row["effect"] == "write" and row["requests"] == len(api.writes())
    assert row["decision"] == decision


async def test_without_a_person_an_operator_decides(
    door: Door, product: Toolgate, api: SampleApi, ticket: dict[str, str]
) -> None:
    async with connect(door, product) as agent:
        first = approval_id(await agent.call(WRITE, ticket))
        assert first in [record["id"] for record in product.ask("approvals", "list")]
        product.approve(first)

        other = approval_id(await agent.call(WRITE, ticket | {"title": "Something else"}))
        assert other != first and api.writes() == [], "an approval is for one set of arguments"

        result = await agent.call(WRITE, ticket)
        assert not result.is_error, text_of(result)
        assert len(api.writes()) == 1

        again = approval_id(await agent.call(WRITE, ticket))
        assert again != first and len(api.writes()) == 1, "an approval is used once"


async def test_what_an_operator_denied_stays_denied(
    door: Door, product: Toolgate, api: SampleApi, ticket: dict[str, str]
) -> None:
    async with connect(door, product) as agent:
        asked = approval_id(await agent.call(WRITE, ticket))
        assert product.run("approvals", "deny", asked).returncode == 0
        result = await agent.call(WRITE, ticket)
        assert result.is_error and "APPROVAL_DENIED" in text_of(result)
    assert api.writes() == []


@pytest.mark.parametrize("settings", [SETTINGS.replace("wait_ms = 0", "wait_ms = 30000")], ids=["waiting"])
async def test_a_waiting_call_reports_progress_until_an_operator_decides(
    door: Door, product: Toolgate, api: SampleApi, ticket: dict[str, str]
) -> None:
    seen: list[str] = []
    told = anyio.Event()

    async def progress(_progress: float, _total: float | None, message: str | None) -> None:
        seen.append(message or "")
        told.set()

    results: list[types.CallToolResult] = []
    async with connect(door, product) as agent:

        async def call() -> None:
            results.append(await agent.call(WRITE, ticket, progress))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
            await told.wait()
            [pending] = await anyio.to_thread.run_sync(product.ask, "approvals", "list")
            assert pending["id"] in seen[0]
            await anyio.to_thread.run_sync(product.approve, pending["id"])
    assert not results[0].is_error, text_of(results[0])
    assert len(api.writes()) == 1


async def test_two_processes_that_race_for_one_approval(
    product: Toolgate, api: SampleApi, ticket: dict[str, str]
) -> None:
    door = Door("mcp-auto", "stdio")
    results: list[types.CallToolResult] = []
    async with connect(door, product) as first, connect(door, product) as second:
        product.approve(approval_id(await first.call(WRITE, ticket)))

        async def call(agent: Agent) -> None:
            results.append(await agent.call(WRITE, ticket))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call, first)
            tasks.start_soon(call, second)
    assert sorted(result.is_error for result in results) == [False, True]
    assert len(api.writes()) == 1


@pytest.mark.parametrize("transport", ["stdio", "http", "sse"])
@pytest.mark.parametrize("trick", ["other arguments", "other state", "no state", "used state"])
async def test_an_answer_counts_for_its_question_only(
    transport: str, trick: str, product: Toolgate, api: SampleApi, ticket: dict[str, str]
) -> None:
    async with connect(Door("mcp-auto", transport), product, Person("accept")) as agent:

        async def answer(
            arguments: dict[str, str], state: str | None, answers: types.InputResponses | None
        ) -> types.CallToolResult | types.InputRequiredResult:
            return await agent.client.session.call_tool(
                WRITE, arguments, input_responses=answers, request_state=state, allow_input_required=True
            )

        question = await answer(ticket, None, None)
        assert isinstance(question, types.InputRequiredResult) and question.request_state
        answers = {key: Person("accept").answer(request.params) for key, request in question.input_requests.items()}
        state = question.request_state
        if trick == "used state":
            assert not (await answer(ticket, state, answers)).is_error
        tricked = {
            "other arguments": (ticket | {"title": "Something else"}, state),
            "other state": (ticket, state[:20] + ("A" if state[20] != "A" else "B") + state[21:]),
            "no state": (ticket, None),
            "used state": (ticket, state),
        }
        arguments, state = tricked[trick]
        with contextlib.suppress(mcp.MCPError):
            result = await answer(arguments, state, answers)
            assert isinstance(result, types.InputRequiredResult) or result.is_error
    assert len(api.writes()) == (1 if trick == "used state" else 0)
    # What is refused before there is a call, as a forged state is, leaves no row.
    product.calls = len(product.log_rows())
