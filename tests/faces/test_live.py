"""Live pages: one look for all, resumed by id, and closed with the door, the session and the role."""

import asyncio
import signal
from contextlib import AsyncExitStack
from http import HTTPStatus

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.sessions import open_session
from smilero_core.plugins.gate import switch
from tests.support.application import Site
from tests.support.coupons import Row, Till
from tests.support.faces import SESSION, Guest, Town, new_town
from tests.support.streams import Stream, streaming
from tests.support.waiting import until
from tests.support.web import running_server

CROWD = 200


def live_of(campaign: Row) -> str:
    return f"/portal/coupons/campaigns/{campaign['id']}/live"


@pytest.fixture
def till(town: Town) -> Till:
    return Till(town.site, town.foundation)


@pytest.fixture
async def campaign(till: Till) -> Row:
    return await till.campaign(per_person=50)


async def first(stream: Stream) -> tuple[int, int]:
    """The counts that a stream begins with."""
    event = await stream.event()
    assert event is not None
    assert event.name == "counts"
    return event.data["claimed"], event.data["redeemed"]


async def test_the_state_at_once_and_again_when_it_changes(town: Town, till: Till, campaign: Row) -> None:
    merchant = await town.signed_in("merchant")
    async with streaming(merchant, live_of(campaign)) as stream:
        assert (stream.status, stream.headers["content-type"], stream.headers["cache-control"]) == (
            HTTPStatus.OK,
            "text/event-stream; charset=utf-8",
            "no-store",
        )
        assert stream.headers["content-security-policy"].startswith("default-src 'self'")
        assert "content-encoding" not in stream.headers
        assert await first(stream) == (0, 0)
        assert stream.retry == 2000
        claim = await till.claim(campaign)
        assert await first(stream) == (1, 0)
        await till.redeem(claim["code"])
        assert await first(stream) == (1, 1)


async def test_who_comes_back_with_the_last_id_hears_nothing_twice(town: Town, till: Till, campaign: Row) -> None:
    merchant = await town.signed_in("merchant")
    async with streaming(merchant, live_of(campaign)) as stream:
        seen = await stream.event()
    assert seen is not None
    assert seen.id
    merchant.url = town.site.servers[1].url  # the id is the same on every process
    async with streaming(merchant, live_of(campaign), {"Last-Event-ID": seen.id}) as stream:
        await till.claim(campaign)
        assert await first(stream) == (1, 0)
    async with streaming(merchant, live_of(campaign), {"Last-Event-ID": seen.id}) as stream:
        assert await first(stream) == (1, 0)


async def test_a_change_on_one_process_is_seen_on_the_other(town: Town, till: Till, campaign: Row) -> None:
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(streaming(await town.signed_in("merchant", process=process), live_of(campaign)))
            for process in range(2)
        ]
        assert [await first(stream) for stream in streams] == [(0, 0)] * 2
        for process in range(2):
            answer = await till.caller("customer", process=process).post(f"/api/v1/coupons/campaigns/{campaign['id']}/claims")
            assert answer.status_code == HTTPStatus.CREATED
            assert [await first(stream) for stream in streams] == [(process + 1, 0)] * 2


@pytest.mark.parametrize("how", ["role", "session", "door", "suspended"])
@pytest.mark.suite("B4")
async def test_a_stream_ends_with_what_it_stood_on(town: Town, campaign: Row, how: str) -> None:
    guest, other = await town.signed_in("merchant"), await town.signed_in("clerk")
    async with streaming(guest, live_of(campaign)) as stream, streaming(other, live_of(campaign)) as others:
        assert (await first(stream), await first(others)) == ((0, 0), (0, 0))
        await _take_away(town, guest, how)
        gone = await stream.event()
        assert gone is not None
        assert gone.name == "gone"
        assert await stream.event() is None
        if how in {"role", "session"}:  # the clerk's stays open
            await Till(town.site, town.foundation).claim(campaign)
            assert await first(others) == (1, 0)
        else:
            left = await others.event()
            assert left is not None
            assert left.name == "gone"

    async def refused() -> bool:  # a process may know the foundation's name for three seconds more
        answer = await guest.get(live_of(campaign))
        return answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.SEE_OTHER}

    await until(refused)


async def _take_away(town: Town, guest: Guest, how: str) -> None:
    admin, tenant = town.site.admin, town.foundation.id
    if how == "role":
        person = town.foundation.people["merchant"]
        await admin.execute("update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2", tenant, person)
    elif how == "session":
        assert (await guest.post("/sign-out")).status_code == HTTPStatus.SEE_OTHER
    elif how == "door":
        async with town.site.database.unit(tenant) as unit:
            await switch(Session(unit), "coupons", enabled=False)
    else:
        await admin.execute("update core.tenant set status = 'suspended' where id = $1", tenant)


async def test_a_shop_that_is_no_longer_ones_own_is_gone_though_the_role_stays(town: Town, campaign: Row) -> None:
    merchant = await town.signed_in("merchant")
    async with streaming(merchant, live_of(campaign)) as stream:
        assert await first(stream) == (0, 0)
        await town.site.admin.execute(
            "update core.membership set shop_id = $3 where tenant_id = $1 and person_id = $2",
            town.foundation.id,
            town.foundation.people["merchant"],
            town.foundation.other_shop,
        )
        gone = await stream.event()
        assert gone is not None
        assert gone.name == "gone"


async def test_without_redis_the_clock_makes_good(town: Town, till: Till, campaign: Row) -> None:
    async with running_server(town.site.settings, "redis://127.0.0.1:1/0") as lonely:
        merchant = await town.signed_in("merchant")
        merchant.url = lonely.url
        async with streaming(merchant, live_of(campaign)) as stream:
            assert await first(stream) == (0, 0)
            await till.claim(campaign)  # at another process, whose bell cannot be heard
            assert await first(stream) == (1, 0)


async def test_a_server_that_ends_sends_its_live_pages_home(town: Town, campaign: Row) -> None:
    async with running_server(town.site.settings, town.site.redis_url) as server:
        merchant = await town.signed_in("merchant")
        merchant.url = server.url
        async with streaming(merchant, live_of(campaign)) as stream:
            assert await first(stream) == (0, 0)
            server.process.send_signal(signal.SIGTERM)
            assert await stream.event() is None
            assert await server.process.wait() == 0
        assert not [line for line in server.log if "ERROR" in line], server.log


async def test_two_hundred_listeners_of_two_foundations_get_their_own_each(town: Town, till: Till, campaign: Row) -> None:
    elsewhere = await new_town(town.site)
    other = Till(elsewhere.site, elsewhere.foundation)
    foreign = await other.campaign(per_person=50)
    assert [(await other.claim(foreign))["campaign_id"] for _ in range(3)] == [foreign["id"]] * 3
    async with AsyncExitStack() as stack:
        ours = [await _join(stack, town, campaign) for _ in range(CROWD // 2)]
        theirs = [await _join(stack, elsewhere, foreign) for _ in range(CROWD // 2)]
        assert {await first(stream) for stream in ours} == {(0, 0)}
        assert {await first(stream) for stream in theirs} == {(3, 0)}
        await till.claim(campaign)
        assert await asyncio.gather(*map(first, ours)) == [(1, 0)] * len(ours)
        await other.claim(foreign)
        assert await asyncio.gather(*map(first, theirs)) == [(4, 0)] * len(theirs)


async def _join(stack: AsyncExitStack, town: Town, campaign: Row) -> Stream:
    guest = town.guest()
    async with town.site.database.unit(town.foundation.id) as unit:
        guest.cookies[SESSION] = await open_session(Session(unit), town.foundation.people["clerk"])
    return await stack.enter_async_context(streaming(guest, live_of(campaign)))


async def test_a_foreign_or_missing_campaign_has_no_stream(town: Town, site: Site, campaign: Row) -> None:
    stranger = await (await new_town(site)).signed_in("merchant")
    colleague = await town.signed_in("other merchant")
    for guest in (stranger, colleague):
        assert (await guest.get(live_of(campaign))).status_code == HTTPStatus.NOT_FOUND
    assert (await town.guest().get(live_of(campaign))).status_code == HTTPStatus.SEE_OTHER


async def test_asking_for_the_head_alone_ends(town: Town, campaign: Row) -> None:
    merchant = await town.signed_in("merchant")
    answer = await merchant.ask("HEAD", live_of(campaign))
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "text/event-stream; charset=utf-8")
