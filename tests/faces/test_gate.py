"""The pages of a plugin that is off: as if it were not installed for this foundation, on every process, within five seconds."""

import asyncio
import time
from http import HTTPStatus

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_sdk.ids import uuid7
from tests.conftest import LookedAt
from tests.support.coupons import Till
from tests.support.faces import Guest, PageRoute, Town, new_town, page_routes
from tests.support.operations import set_stage

WITHIN_SECONDS = 5.0
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def of_plugin(name: str) -> list[PageRoute]:
    """Its pages, and its tables, which the host draws at its addresses."""
    return [route for route in page_routes() if route.name.startswith(f"{name}.") or route.path.startswith(f"/console/{name}/")]


def nowhere(path: str) -> str:
    """An address on the same face that never was."""
    face = path.split("/")[1]
    return f"/{face}/nothing" if face in {"portal", "console"} else "/nothing"


async def a_sheet(merchant: Guest, campaign_id: str) -> str:
    """Two coupons on paper."""
    made = await merchant.post(f"/portal/coupons/campaigns/{campaign_id}/slips", {"count": "2"}, key=str(uuid7()))
    assert made.status_code == HTTPStatus.SEE_OTHER, made.text
    return made.headers["location"].rpartition("/")[2]


async def seen(guest: Guest, method: str, path: str) -> tuple[int, bytes]:
    """What somebody is answered, but for the address itself."""
    answer = await guest.ask(method, path, headers=SAME_ORIGIN)
    return answer.status_code, answer.content.replace(path.encode(), b"...")


async def set_plugin(town: Town, name: str, *, enabled: bool) -> None:
    async with town.site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), name, enabled=enabled)


async def settled(guest: Guest, path: str, status: int) -> None:
    """Wait for an answer of a status, as long as the product promises at most."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while (await guest.get(path)).status_code != status:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)


async def test_off_shuts_every_page_on_every_process(town: Town, looked_at: LookedAt) -> None:
    stage, neighbour = await set_stage(town.site, town.foundation), await new_town(town.site)
    ids = {**stage.ids, "code": "123456", "sheet_id": await a_sheet(await town.signed_in("merchant"), stage.ids["campaign_id"])}
    routes = of_plugin("coupons")
    looked_at("pages", [f"{route.method} {route.path}" for route in routes])
    faces = {route.path.split("/")[1] for route in routes}
    assert faces == {"portal", "console", "coupons"}
    casts = [[town.guest(process=n), *[await town.signed_in(who, process=n) for who in ("owner", "merchant", "customer")]] for n in (0, 1)]
    for stranger, *_ in casts:
        for route in routes:
            answer = await stranger.ask(route.method, route.at(ids), headers=SAME_ORIGIN)
            assert answer.status_code != HTTPStatus.NOT_FOUND, route

    started = time.monotonic()
    await set_plugin(town, "coupons", enabled=False)
    for _, _, merchant, _ in casts:
        await settled(merchant, "/portal/coupons/check", HTTPStatus.NOT_FOUND)
    assert time.monotonic() - started < WITHIN_SECONDS
    for process, guests in enumerate(casts):
        for route in routes:
            for guest in guests:
                for method in METHODS:
                    never = await seen(guest, method, nowhere(route.path))
                    assert never[0] == HTTPStatus.NOT_FOUND
                    assert await seen(guest, method, route.at(ids)) == never, (route, method)
        # The core's pages stay, and so do the neighbour's coupons.
        assert (await guests[2].get("/portal")).status_code == HTTPStatus.OK
        assert (await guests[1].get("/console/shops")).status_code == HTTPStatus.OK
        theirs = await neighbour.signed_in("merchant", process=process)
        assert (await theirs.get("/portal/coupons/check")).status_code == HTTPStatus.OK

    await set_plugin(town, "coupons", enabled=True)
    await settled(casts[1][2], f"/portal/coupons/campaigns/{stage.ids['campaign_id']}", HTTPStatus.OK)


async def test_off_takes_it_from_menus_and_tiles(town: Town) -> None:
    await Till(town.site, town.foundation).campaign()
    merchant, owner = await town.signed_in("merchant"), await town.signed_in("owner")
    for guest, page in ((merchant, "/portal"), (owner, "/console/shops")):
        assert "coupons/" in (await guest.get(page)).text
    await set_plugin(town, "coupons", enabled=False)
    await settled(merchant, "/portal/coupons/check", HTTPStatus.NOT_FOUND)
    for guest, page in ((merchant, "/portal"), (owner, "/console/shops")):
        answer = await guest.get(page)
        assert answer.status_code == HTTPStatus.OK
        assert "coupons/" not in answer.text


async def test_a_stream_that_is_open_ends(town: Town) -> None:
    campaign = await Till(town.site, town.foundation).campaign()
    merchant = await town.signed_in("merchant")
    address = f"{merchant.url}/portal/coupons/campaigns/{campaign['id']}/live"
    headers = {"Host": merchant.host, "Cookie": f"__Host-session={merchant.cookies['__Host-session']}"}
    async with merchant.http.stream("GET", address, headers=headers) as stream:
        lines = stream.aiter_lines()
        begun = [await anext(lines) for _ in range(4)]
        assert [line for line in begun if not line.startswith("id: ")] == [
            "retry: 2000",
            "event: counts",
            'data: {"claimed":0,"redeemed":0}',
        ]
        await set_plugin(town, "coupons", enabled=False)
        async with asyncio.timeout(2 * WITHIN_SECONDS):
            rest = [line async for line in lines]
    assert "event: gone" in rest
