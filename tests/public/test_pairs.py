"""What a search engine follows: each public page in each language, and from each the way to all others."""

import asyncio
import re
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_sdk.i18n import LANGUAGES
from smilero_web.place import TERRITORIAL
from tests.conftest import LookedAt
from tests.public.test_pictures import LARGEST, told
from tests.public.test_sitemap import listed
from tests.support.coupons import Till
from tests.support.faces import Guest, Town

LONG = "부평깡통시장 원조 할머니 손두부와 순두부 그리고 수제 메밀묵을 파는 아주 오래된 가게 본점"
ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">')
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')
ROBOT = "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)"


async def robot(guest: Guest, address: str, language: str | None = None) -> Response:
    """What an engine is answered that keeps no cookie, and mostly says no language."""
    headers = {"Host": guest.host, "User-Agent": ROBOT, **({"Accept-Language": language} if language else {})}
    return await guest.http.get(guest.url + address, headers=headers)


def inside(guest: Guest, address: str) -> str:
    """The address without its host, which is ours."""
    assert address.startswith(f"http://{guest.host}/"), address
    return address.removeprefix(f"http://{guest.host}")


async def test_every_page_leads_to_itself_in_every_language_and_each_of_them_back(town: Town, looked_at: LookedAt) -> None:
    guest = town.guest()
    await Till(town.site, town.foundation).campaign()
    pages = await listed(guest)
    seen = []
    for path in pages:
        first = dict(ALTERNATE.findall((await robot(guest, path)).text))
        assert first.keys() == {*LANGUAGES, "x-default"}, path
        assert first["x-default"] == first["ko"] == f"http://{guest.host}{path}"
        assert len(set(first.values())) == len(LANGUAGES)
        for language in LANGUAGES:
            answer = await robot(guest, inside(guest, first[language]))
            assert (answer.status_code, answer.headers["content-language"]) == (HTTPStatus.OK, language)
            assert {"Accept-Language", "Cookie"} <= set(re.split(", *", answer.headers["vary"]))
            assert CANONICAL.findall(answer.text) == [first[language]]
            assert told(answer.text, "og:url") == first[language]
            assert told(answer.text, "og:locale") == TERRITORIAL[language]
            assert "noindex" not in answer.text
            # Each names the same set, itself among them: a pair that names only one way is none.
            assert dict(ALTERNATE.findall(answer.text)) == first, (path, language)
            seen.append(first[language])
    looked_at("pages in languages", seen)
    assert len(set(seen)) == len(pages) * len(LANGUAGES)


@pytest.mark.parametrize("language", [None, "*", "ko", "en-US,en;q=0.9", "uk", "fr", "zh-CN"])
async def test_a_robot_is_led_nowhere_else_and_given_nothing_to_keep(settled: Town, language: str | None) -> None:
    guest = settled.guest()
    for path in ("/", f"/storefront/shops/{settled.foundation.shop}"):
        answer = await robot(guest, path, language)
        assert answer.status_code == HTTPStatus.OK, "nobody is sent on for a language"
        assert "set-cookie" not in answer.headers
        spoken = answer.headers["content-language"]
        assert spoken == ((language or "")[:2] if (language or "")[:2] in LANGUAGES else "ko")
        # In whatever language it came: the address names the one that it is in, so no two pages have one address.
        assert CANONICAL.findall(answer.text) == [f"http://{guest.host}{path}" + ("" if spoken == "ko" else f"?lang={spoken}")]


async def test_a_foundation_of_another_language_has_its_bare_addresses_in_that(town: Town) -> None:
    await town.site.admin.execute("update core.tenant set locale = 'vi' where id = $1", town.foundation.id)
    guest = town.guest()
    async with asyncio.timeout(10):
        while (answer := await robot(guest, "/")).headers["content-language"] != "vi":  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)
    alternates = dict(ALTERNATE.findall(answer.text))
    assert alternates["vi"] == alternates["x-default"] == f"http://{guest.host}/"
    assert alternates["ko"] == f"http://{guest.host}/?lang=ko"
    assert (await robot(guest, "/?lang=ko")).headers["content-language"] == "ko"


async def test_the_switch_keeps_the_page(settled: Town) -> None:
    guest = settled.guest()
    path = f"/storefront/markets/{settled.foundation.market}"
    for asked in (path, f"{path}?kind=bakery&part=2", f"{path}?q=%EB%B9%B5"):
        page = await robot(guest, asked)
        for language in LANGUAGES:
            (link,) = re.findall(rf'<a class="language" href="([^"]*)" hreflang="{language}"', page.text)
            address = path + link.replace("&amp;", "&")
            there = await robot(guest, address)
            assert (there.status_code, there.headers["content-language"]) == (HTTPStatus.OK, language)
            assert urlsplit(address).query == "&".join(filter(None, [urlsplit(asked).query, f"lang={language}"]))


async def test_what_is_switched_off_is_in_no_pair(town: Town) -> None:
    guest, path = town.guest(), f"/storefront/shops/{town.foundation.shop}"
    assert ALTERNATE.findall((await robot(guest, path)).text)
    async with town.site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), "storefront", enabled=False)
    async with asyncio.timeout(5):
        while (answer := await robot(guest, path)).status_code != HTTPStatus.NOT_FOUND:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)
    assert ALTERNATE.findall(answer.text) == CANONICAL.findall(answer.text) == []
    assert '<meta name="robots" content="noindex">' in answer.text
    assert path not in await listed(guest)


async def test_a_shop_and_a_coupon_have_a_picture_in_every_language(town: Town) -> None:
    guest = town.guest()
    await town.site.admin.execute("update core.shop set name = $2 where id = $1", town.foundation.shop, LONG)
    campaign = await Till(town.site, town.foundation).campaign()
    said: dict[str, set[str]] = {"shop": set(), "coupon": set()}
    for name, path in {"shop": f"/storefront/shops/{town.foundation.shop}", "coupon": f"/coupons/c/{campaign['id']}"}.items():
        for language in LANGUAGES:
            page = (await robot(guest, f"{path}?lang={language}")).text
            assert LONG in told(page, "og:image:alt")
            said[name].add(told(page, "og:image:alt"))
            picture = await robot(guest, inside(guest, told(page, "og:image")))
            if language == "zh":
                # The font has no Chinese letters: the foundation's own language stands in.
                assert picture.status_code == HTTPStatus.FOUND
                picture = await robot(guest, picture.headers["location"])
            assert (picture.status_code, picture.headers["content-type"]) == (HTTPStatus.OK, "image/png"), (name, language)
            assert picture.content.startswith(b"\x89PNG")
            assert len(picture.content) < LARGEST
    assert len(said["coupon"]) == len(LANGUAGES)
