"""Who holds up the whole process is found, named with the stack, and in the end replaced (check F2)."""

import asyncio
from contextlib import suppress
from functools import partial
from http import HTTPStatus

import httpx2
import pytest

from smilero_core.plugins.watchdog import EXIT_CODE
from tests.failures.conftest import Yard
from tests.support.faces import Guest
from tests.support.foundations import Foundation
from tests.support.waiting import until
from tests.support.web import running_server

pytestmark = pytest.mark.suite("F2")


async def blocker(yard: Yard, foundation: Foundation) -> list[tuple[str, str, str]]:
    return [one for one in await yard.failures(foundation) if "has blocked the process" in one[1]]


async def on_record(yard: Yard, foundation: Foundation) -> bool:
    return bool(await blocker(yard, foundation))


async def test_a_hook_that_blocks_is_named_with_its_stack(yard: Yard) -> None:
    foundation = await yard.foundation("blocks")
    merchant = await yard.guest(foundation, "merchant")
    home = await merchant.get("/portal")
    assert home.status_code == HTTPStatus.OK
    assert "이웃 인사" in home.text
    await until(partial(on_record, yard, foundation))
    hook, error, trace = (await blocker(yard, foundation))[0]
    assert hook == "provide_home"
    # Noticed while it was going on: within two of the three seconds that it took.
    assert float(error.split()[-2]) <= 2.0
    assert "smilero_rascal/plugin.py" in trace
    assert "in block" in trace
    slug = foundation.host.partition(".")[0]
    assert f"plugin probe in provide_home for tenant {slug} blocks the event loop" in "".join(yard.servers[0].log)


async def test_a_process_that_stays_blocked_ends_itself_and_tells_why(yard: Yard) -> None:
    foundation = await yard.foundation("blocks")
    short = {"SMILERO_BLOCKED_NOTICE_SECONDS": "0.5", "SMILERO_BLOCKED_END_SECONDS": "1.0"}
    site = yard.site
    async with running_server(site.settings, site.redis_url, **yard.environment, **short) as server:
        guest = await yard.guest(foundation, "merchant")
        there = Guest(site.http, server.url, guest.host, guest.cookies)
        with suppress(httpx2.HTTPError):
            await there.get("/portal")
        async with asyncio.timeout(20):
            assert await server.process.wait() == EXIT_CODE
    assert "the process ends, to be replaced" in "".join(server.log)
    # Twice: the notice waited for a loop that never came back, the last word went by a connection of its own.
    assert [hook for hook, _, _ in await blocker(yard, foundation)] == ["provide_home"]


@pytest.mark.parametrize("seconds", ["1.6", "60"])
async def test_the_limits_are_only_made_shorter(yard: Yard, seconds: str) -> None:
    with pytest.raises(RuntimeError, match="SMILERO_BLOCKED_NOTICE_SECONDS"):
        async with running_server(yard.site.settings, yard.site.redis_url, SMILERO_BLOCKED_NOTICE_SECONDS=seconds):
            pass
