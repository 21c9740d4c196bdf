"""A client that no longer wants an answer stops the request behind it."""

import anyio
import pytest

from agents import Door, connect
from product import SampleApi, Toolgate, eventually

pytestmark = pytest.mark.anyio


async def test_cancelling_a_call_stops_its_request(door: Door, product: Toolgate, api: SampleApi) -> None:
    async with connect(door, product) as agent:
        async with anyio.create_task_group() as call:
            call.start_soon(agent.call, "demo_crm__wait", {"milliseconds": 60_000})
            await eventually(lambda: api.requests(path="/slow"), "the request at the API")
            call.cancel_scope.cancel()
        await eventually(lambda: stopped(api), "the API to see the disconnect")
        await eventually(product.log_rows, "the call in the audit log")
        [row] = product.log_rows()
        assert row["outcome"] == "CANCELLED"


def stopped(api: SampleApi) -> bool:
    """Whether the slow request ended before its answer was complete."""
    [request] = api.requests(path="/slow")
    return request["state"] == "disconnected"
