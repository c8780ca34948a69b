"""`/robots.txt` and the sitemap: a foundation's public pages, all of them and nothing else."""

import asyncio
import re
from http import HTTPStatus
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_tenants.public.sitemap import PART
from tests.support.coupons import Till
from tests.support.faces import Guest, Town

# Of one part (sitemaps.org, “Using Sitemap index files”).
MOST_ADDRESSES, MOST_BYTES = 50_000, 50_000_000
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def locations(guest: Guest, path: str) -> list[str]:
    answer = await guest.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "application/xml"), path
    assert answer.headers["cache-control"] == "public, max-age=3600"
    found = [one.text or "" for one in ET.fromstring(answer.content).iter(f"{SPACE}loc")]  # noqa: S314 - our own answer
    origin = f"http://{guest.host}"
    assert all(one.startswith(origin) for one in found)
    return [one.removeprefix(origin) for one in found]


async def listed(guest: Guest) -> list[str]:
    return [address for part in await locations(guest, "/sitemap.xml") for address in await locations(guest, part)]


async def test_it_has_every_page_that_everybody_may_see(town: Town) -> None:
    guest = town.guest()
    campaign = await Till(town.site, town.foundation).campaign()
    foundation = town.foundation
    assert sorted(await listed(guest)) == sorted(
        [
            "/",
            f"/storefront/markets/{foundation.market}",
            f"/storefront/markets/{foundation.five_day}",
            f"/storefront/shops/{foundation.shop}",
            f"/storefront/shops/{foundation.other_shop}",
            f"/coupons/c/{campaign['id']}",
        ]
    )
    for path in await listed(guest):
        assert (await guest.get(path)).status_code == HTTPStatus.OK, path
    part = (await guest.get("/sitemaps/storefront/show_shop/1.xml")).text
    assert len(re.findall(r"<lastmod>20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ</lastmod>", part)) == 2


async def test_what_left_or_is_over_is_not_in_it(town: Town) -> None:
    guest = town.guest()
    await Till(town.site, town.foundation).campaign()
    await town.site.admin.execute("update core.shop set status = 'left' where id = $1", town.foundation.other_shop)
    await town.site.admin.execute("update plugin_coupons.campaign set ends_at = now() where tenant_id = $1", town.foundation.id)
    found = await listed(guest)
    assert f"/storefront/shops/{town.foundation.shop}" in found
    assert f"/storefront/shops/{town.foundation.other_shop}" not in found
    assert not [path for path in found if path.startswith("/coupons/")]


async def test_it_comes_in_parts(town: Town) -> None:
    guest = town.guest()
    await town.site.admin.execute(
        """
        insert into core.shop (id, tenant_id, market_id, name, stall, category, goods, phone, status)
        select gen_random_uuid(), tenant_id, market_id, name || n, stall || n, category, goods, phone, status
        from core.shop, generate_series(1, $2) n where id = $1
        """,
        town.foundation.shop,
        PART,
    )
    parts = [part for part in await locations(guest, "/sitemap.xml") if "show_shop" in part]
    assert parts == ["/sitemaps/storefront/show_shop/1.xml", "/sitemaps/storefront/show_shop/2.xml"]
    first, second = [await locations(guest, part) for part in parts]
    assert (len(first), len(second)) == (PART, 2)
    size = len((await guest.get(parts[0])).content)
    assert PART <= MOST_ADDRESSES
    assert size <= MOST_BYTES
    assert len({*first, *second}) == PART + 2


async def test_no_other_foundations_page_is_in_it(town: Town) -> None:
    found = " ".join(await listed(town.guest()))
    assert str(town.site.seongnam.shop) not in found
    assert str(town.site.seongnam.shop) in " ".join(await listed(Guest(town.site.http, town.site.servers[0].url, town.site.seongnam.host)))


@pytest.mark.parametrize(
    "path",
    [
        "/sitemaps/storefront/show_shop/0.xml",
        "/sitemaps/storefront/show_shop/2.xml",
        "/sitemaps/storefront/show_shop/99999999999999999999.xml",
        "/sitemaps/storefront/nothing/1.xml",
        "/sitemaps/nothing/show_shop/1.xml",
    ],
)
async def test_a_part_that_is_not_there_is_not_there(settled: Town, path: str) -> None:
    assert (await settled.guest().get(path)).status_code == HTTPStatus.NOT_FOUND


async def test_robots_leave_alone_what_is_not_for_them(settled: Town) -> None:
    guest = settled.guest()
    answer = await guest.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    for path in ("/portal", "/console", "/api/", "/sign-in"):
        assert f"Disallow: {path}" in lines
    assert f"Sitemap: http://{guest.host}/sitemap.xml" in lines
    closed = tuple(line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: "))
    assert not [path for path in await listed(guest) if path.startswith(closed)]


async def test_switched_off_its_part_is_gone_and_suspended_all_is(town: Town) -> None:
    guest = town.guest()
    async with town.site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), "storefront", enabled=False)
    async with asyncio.timeout(5):
        while [part for part in await locations(guest, "/sitemap.xml") if "storefront" in part]:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)
    assert await locations(guest, "/sitemap.xml") == ["/sitemaps/front.xml"]
    assert (await guest.get("/sitemaps/storefront/show_shop/1.xml")).status_code == HTTPStatus.NOT_FOUND
    await town.site.admin.execute("update core.tenant set status = 'suspended' where id = $1", town.foundation.id)
    async with asyncio.timeout(10):
        while (await guest.get("/sitemap.xml")).status_code != HTTPStatus.NOT_FOUND:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)
    for path in ("/sitemap.xml", "/robots.txt", "/sitemaps/front.xml"):
        assert (await guest.get(path)).status_code == HTTPStatus.NOT_FOUND


async def test_the_platform_has_no_map(settled: Town) -> None:
    platform = Guest(settled.site.http, settled.site.servers[0].url, "localhost")
    assert (await platform.get("/sitemap.xml")).status_code == HTTPStatus.NOT_FOUND
    robots = await platform.get("/robots.txt")
    assert robots.status_code == HTTPStatus.OK
    assert "Sitemap" not in robots.text
    unknown = Guest(settled.site.http, settled.site.servers[0].url, f"{uuid4().hex}.localhost")
    assert (await unknown.get("/robots.txt")).status_code == HTTPStatus.NOT_FOUND
