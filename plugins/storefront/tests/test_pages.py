import asyncio
import re
from http import HTTPStatus
from uuid import UUID

import pytest

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_sdk.ids import uuid7
from smilero_storefront.views import MOST
from tests.support.application import Site
from tests.support.faces import Town, new_town
from tests.support.foundations import Foundation

MARKET = "/storefront/markets/{}"
SHOP = "/storefront/shops/{}"


async def page(site: Site, foundation: Foundation, path: str) -> tuple[int, str]:
    answer = await site.caller(foundation).get(path)
    return answer.status_code, answer.text


class TestFrontPage:
    async def test_it_lists_the_markets_of_the_foundation_and_no_other(self, site: Site) -> None:
        status, text = await page(site, site.seongnam, "/")
        assert status == HTTPStatus.OK
        assert "seongnam매일시장" in text
        assert "seongnam오일장" in text
        assert "bucheon" not in text.replace(site.bucheon.host, "")

    async def test_it_finds_by_a_part_of_the_name_with_spaces_aside(self, site: Site) -> None:
        _, text = await page(site, site.seongnam, "/?q=매 일 시장")
        assert "seongnam매일시장" in text
        assert "seongnam오일장" not in text

    async def test_nothing_found_says_so_and_escapes_what_was_asked(self, site: Site) -> None:
        status, text = await page(site, site.seongnam, "/?q=<b>없는</b>")
        assert status == HTTPStatus.OK
        assert "<b>없는" not in text
        assert "&lt;b&gt;없는" in text

    async def test_it_names_the_source_of_the_figures(self, site: Site) -> None:
        _, text = await page(site, site.seongnam, "/")
        assert "소상공인시장진흥공단" in text
        assert "2024년 11월 4일" in text


class TestMarket:
    async def test_it_shows_the_shops_of_the_market(self, site: Site) -> None:
        status, text = await page(site, site.seongnam, MARKET.format(site.seongnam.market))
        assert status == HTTPStatus.OK
        assert SHOP.format(site.seongnam.shop) in text
        assert SHOP.format(site.seongnam.other_shop) in text

    async def test_a_search_leaves_what_fits(self, site: Site) -> None:
        _, text = await page(site, site.seongnam, MARKET.format(site.seongnam.market) + "?q=other")
        assert SHOP.format(site.seongnam.other_shop) in text
        assert SHOP.format(site.seongnam.shop) not in text

    async def test_one_of_another_foundation_is_like_one_that_never_was(self, site: Site) -> None:
        assert await page(site, site.seongnam, MARKET.format(site.bucheon.market)) == await page(
            site, site.seongnam, MARKET.format(uuid7())
        )
        assert (await page(site, site.bucheon, MARKET.format(site.bucheon.market)))[0] == HTTPStatus.OK


class TestShop:
    async def test_it_shows_name_stall_and_market(self, site: Site) -> None:
        status, text = await page(site, site.seongnam, SHOP.format(site.seongnam.shop))
        assert status == HTTPStatus.OK
        assert "seongnam shop" in text
        assert "가-0" in text
        assert "seongnam매일시장" in text

    async def test_one_of_another_foundation_is_like_one_that_never_was(self, site: Site) -> None:
        foreign, never = SHOP.format(site.bucheon.shop), SHOP.format(uuid7())
        assert await page(site, site.seongnam, foreign) == await page(site, site.seongnam, never)
        assert (await page(site, site.bucheon, foreign))[0] == HTTPStatus.OK

    @pytest.mark.parametrize("wrong", ["1", "누리빵집", "' or 1=1", "%00", "../../etc/passwd"])
    async def test_an_impossible_address_is_no_page(self, site: Site, wrong: str) -> None:
        assert (await page(site, site.seongnam, SHOP.format(wrong)))[0] == HTTPStatus.NOT_FOUND

    async def test_a_shop_that_left_is_gone(self, site: Site) -> None:
        path = SHOP.format(site.seongnam.other_shop)
        await _set_status(site, site.seongnam.other_shop, "left")
        try:
            assert (await page(site, site.seongnam, path))[0] == HTTPStatus.NOT_FOUND
        finally:
            await _set_status(site, site.seongnam.other_shop, "open")
        assert (await page(site, site.seongnam, path))[0] == HTTPStatus.OK


async def test_switched_off_its_pages_are_gone_and_the_front_page_says_whom_to_call(site: Site) -> None:
    path = SHOP.format(site.bucheon.shop)
    await _switch(site, site.bucheon, enabled=False)
    try:
        await _settled(site, site.bucheon, path, HTTPStatus.NOT_FOUND)
        status, text = await page(site, site.bucheon, "/")
        assert status == HTTPStatus.OK
        assert "매일시장" not in text
        assert "031-755-4214" in text
        assert (await page(site, site.seongnam, SHOP.format(site.seongnam.shop)))[0] == HTTPStatus.OK
    finally:
        await _switch(site, site.bucheon, enabled=True)
    await _settled(site, site.bucheon, path, HTTPStatus.OK)


async def _set_status(site: Site, shop: UUID, status: str) -> None:
    await site.admin.execute("update core.shop set status = $2 where id = $1", shop, status)


async def _switch(site: Site, foundation: Foundation, *, enabled: bool) -> None:
    async with site.database.unit(foundation.id) as unit:
        await switch(Session(unit), "storefront", enabled=enabled)


async def _settled(site: Site, foundation: Foundation, path: str, status: int) -> None:
    """Wait for what the product promises within five seconds."""
    async with asyncio.timeout(5):
        while (await site.caller(foundation).get(path)).status_code != status:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)


class TestManyShops:
    """A market of more shops than an old phone can show at once."""

    @pytest.fixture
    async def town(self, site: Site) -> Town:
        made = await new_town(site)
        await site.admin.execute(
            """
            insert into core.shop (id, tenant_id, market_id, name, stall, category, goods, phone, status)
            select gen_random_uuid(), tenant_id, market_id, kind || ' ' || n, kind || n, kind, goods, phone, status
            from core.shop, generate_series(1, $2) n, unnest(array['clothes', 'snack']) kind where id = $1
            """,
            made.foundation.shop,
            MOST + 10,
        )
        return made

    async def test_they_are_chosen_by_kind_and_come_in_parts(self, town: Town) -> None:
        guest, path = town.guest(), MARKET.format(town.foundation.market)
        first = (await guest.get(path)).text
        assert "/storefront/shops/" not in first
        kinds = re.findall(r'href="(\?kind=\w+)#shops"', first)
        assert kinds == ["?kind=ricecake", "?kind=snack", "?kind=clothes"]
        parts = [(await guest.get(f"{path}?kind=clothes&part={part}")).text for part in (1, 2)]
        shops = [re.findall(r'href="/storefront/shops/([^"]+)"', part) for part in parts]
        assert [len(part) for part in shops] == [MOST, 10]
        assert len({*shops[0], *shops[1]}) == MOST + 10
        assert 'href="?kind=clothes&amp;part=2#shops"' in parts[0]
        assert 'href="?kind=clothes&amp;part=1#shops"' in parts[1]

    async def test_what_was_asked_for_is_found_among_all_of_them(self, town: Town) -> None:
        guest, path = town.guest(), MARKET.format(town.foundation.market)
        found = (await guest.get(f"{path}?q=clothes 210")).text
        assert len(re.findall(r'href="/storefront/shops/', found)) == 1
        many = (await guest.get(f"{path}?q=clothes")).text
        assert len(re.findall(r'href="/storefront/shops/', many)) == MOST
        assert f"{MOST + 10}곳" in many

    @pytest.mark.parametrize("asked", ["?kind=nothing", "?kind=clothes&part=1000", "?kind=<b>"])
    async def test_a_part_that_is_not_there_is_the_nearest(self, town: Town, asked: str) -> None:
        answer = await town.guest().get(MARKET.format(town.foundation.market) + asked)
        assert answer.status_code == HTTPStatus.OK
        assert "kind=<b>" not in answer.text
        shown = len(re.findall(r'href="/storefront/shops/', answer.text))
        assert shown == (10 if "part" in asked else 0)

    @pytest.mark.parametrize("asked", ["?part=0", "?part=x", "?part=1001", "?part=-1"])
    async def test_a_part_that_is_none_is_refused(self, town: Town, asked: str) -> None:
        answer = await town.guest().get(MARKET.format(town.foundation.market) + asked)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
