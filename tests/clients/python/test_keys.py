"""Clients that show a key, over both HTTP transports and in both eras."""

import anyio
import pytest

from agents import DOORS, Door, connect_to
from product import PATIENCE, SampleApi, Toolgate

pytestmark = pytest.mark.anyio

REMOTE = [door for door in DOORS if door.transport != "stdio"]
READ = "demo_crm__get_customer"
CUSTOMER = {"customer_id": SampleApi.CUSTOMER}


def key(product: Toolgate, *flags: str) -> str:
    """Makes a key for `ana`."""
    made = product.run("keys", "create", "--user", "ana", "--organisation", "acme", *flags)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.mark.parametrize("door", REMOTE, ids=str)
async def test_a_key_opens_what_it_names(door: Door, product: Toolgate) -> None:
    shown, other = key(product), key(product, "--connector", "another")
    with product.serve_http() as address:
        async with connect_to(door, product, address, key=shown) as agent:
            assert agent.protocol == door.protocol
            assert READ in await agent.tool_names()
            assert not (await agent.call(READ, CUSTOMER)).is_error
        async with connect_to(door, product, address, key=other) as agent:
            assert await agent.tool_names() == []
            assert "demo_crm" not in agent.instructions
    assert [(row["user"], row["organisation"]) for row in product.log_rows()] == [("ana", "acme")]
    product.assert_silent_about(shown, other)


@pytest.mark.parametrize("door", REMOTE, ids=str)
@pytest.mark.parametrize("shown", [None, "wrong", "tgk_0123456789abcdef_" + "5" * 64], ids=["none", "wrong", "unknown"])
async def test_without_the_right_key_nobody_connects(door: Door, shown: str | None, product: Toolgate) -> None:
    key(product)
    with product.serve_http() as address:
        with pytest.raises(BaseException):  # noqa: B017, PT011: every client has an error of its own
            async with connect_to(door, product, address, key=shown) as agent:
                await agent.tool_names()


@pytest.mark.parametrize("door", REMOTE, ids=str)
async def test_a_revoked_key_ends_what_it_opened(door: Door, product: Toolgate) -> None:
    shown = key(product)
    listed = 0
    with product.serve_http() as address:
        with pytest.raises(BaseException) as ended:  # noqa: PT011: every client has an error of its own
            async with connect_to(door, product, address, key=shown) as agent:
                assert READ in await agent.tool_names()
                assert product.run("keys", "revoke", shown.split("_")[1]).returncode == 0
                with anyio.fail_after(PATIENCE):
                    while True:
                        await agent.tool_names()
                        listed += 1
                        await anyio.sleep(0.1)
    assert not isinstance(ended.value, TimeoutError), f"still open after {listed} lists"
