"""The picture of a shared address: declared in the page, drawn for what is there, and only so often."""

import asyncio
import io
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from httpx2 import Response
from PIL import Image
from redis.asyncio import Redis

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_sdk.ids import uuid7
from smilero_sdk.showing import Card
from smilero_tenants.public.drawing import Look, draw
from smilero_tenants.public.pictures import DRAWINGS
from smilero_web.static_files import PICTURE_FONTS
from tests.support.coupons import Till
from tests.support.faces import Guest, Town

LOOK = Look("부산경제진흥원", "부", "#0a5d4d")
LARGEST = 300_000
CARDS = {
    "shop": Card("누리빵집", place="원미부흥시장 12호", note="빵·과자"),
    "long": Card(
        "부평깡통시장 원조 할머니 손두부와 순두부 그리고 수제 메밀묵을 파는 아주 오래된 가게 본점",
        "2,000원 깎아 드려요",
        "부산광역시 중구 부평깡통시장 2층 나-117호",
        "한 사람 한 번 · 11월 30일까지",
    ),
    "one word": Card("가" * 90, "나" * 90, "다" * 90, "라" * 90),
    "languages": Card("Українська крамниця", "знижка 2 000 вон", "Chợ truyền thống Bupyeong", "до 30 листопада"),
    "nothing": Card(""),
    "strange": Card("本家 🍞\u202e\x00 </svg>", "🍞"),
}


def told(page: str, name: str) -> str:
    found = re.search(rf'<meta (?:property|name)="{re.escape(name)}" content="([^"]*)">', page)
    assert found, name
    return found[1]


async def picture_of(guest: Guest, path: str) -> Response:
    url = told((await guest.get(path)).text, "og:image")
    origin = f"http://{guest.host}"
    assert url.startswith(f"{origin}/pictures/")
    return await guest.get(url.removeprefix(origin))


@pytest.mark.parametrize("name", CARDS)
def test_whatever_it_says_it_is_a_small_picture_of_the_right_size(name: str) -> None:
    made = draw(CARDS[name], LOOK, PICTURE_FONTS)
    assert len(made) < LARGEST
    image = Image.open(io.BytesIO(made))
    assert (image.size, image.format) == ((1200, 630), "PNG")
    colours = image.convert("RGB").getcolors(1200 * 630)
    assert colours
    assert max(colours)[1] in {(10, 93, 77), (255, 255, 255)}
    kept = Path(__file__).parents[2] / "build" / "book" / "pictures"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / f"{name}.png").write_bytes(made)


@pytest.mark.parametrize(("colour", "ink"), [("#0a5d4d", (255, 255, 255)), ("#ffe45c", (30, 33, 36)), ("#ffffff", (30, 33, 36))])
def test_its_letters_are_read_on_any_foundations_colour(colour: str, ink: tuple[int, int, int]) -> None:
    image = Image.open(io.BytesIO(draw(CARDS["shop"], Look("부산경제진흥원", "부", colour), PICTURE_FONTS))).convert("RGB")
    title = image.crop((0, 280, 1200, 420)).getcolors(1200 * 630)
    assert title
    assert sorted(title)[-2][1] == ink


async def test_a_shop_and_a_coupon_are_shared_with_their_own(town: Town) -> None:
    guest = town.guest()
    campaign = await Till(town.site, town.foundation).campaign()
    paths = [
        "/",
        f"/storefront/markets/{town.foundation.market}",
        f"/storefront/shops/{town.foundation.shop}",
        f"/coupons/c/{campaign['id']}",
    ]
    seen = {}
    for path in paths:
        page = (await guest.get(path)).text
        assert (told(page, "og:image:width"), told(page, "og:image:height")) == ("1200", "630")
        assert told(page, "og:url") == f"http://{guest.host}{path}"
        assert told(page, "og:locale") == "ko_KR"
        assert told(page, "twitter:card") == "summary_large_image"
        assert told(page, "og:title")
        assert told(page, "og:image:alt")
        picture = await picture_of(guest, path)
        assert (picture.status_code, picture.headers["content-type"]) == (HTTPStatus.OK, "image/png")
        assert len(picture.content) < LARGEST
        seen[path] = picture.content
    assert len(set(seen.values())) == len(paths)
    page = (await guest.get(paths[-1])).text
    assert "1,000원 깎아 드려요" in told(page, "og:image:alt")
    assert "1,000원 깎아 드려요" in told(page, "og:title")


async def test_it_is_kept_for_good_because_its_address_changes_with_it(town: Town) -> None:
    guest, path = town.guest(), f"/storefront/shops/{town.foundation.shop}"
    first = told((await guest.get(path)).text, "og:image").removeprefix(f"http://{guest.host}")
    answer = await guest.get(first)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in answer.headers
    again = await guest.get(first, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")

    await town.site.admin.execute("update core.shop set name = $2 where id = $1", town.foundation.shop, "새 이름")
    second = told((await guest.get(path)).text, "og:image").removeprefix(f"http://{guest.host}")
    assert second != first
    old = await guest.get(first)
    assert (old.status_code, old.headers["location"]) == (HTTPStatus.FOUND, second)
    assert old.headers["cache-control"] == "no-store"
    assert (await guest.get(second)).content != answer.content


async def test_a_language_without_letters_in_the_font_has_the_foundations(town: Town) -> None:
    guest, path = town.guest(), f"/storefront/shops/{town.foundation.shop}"
    chinese = told((await guest.get(f"{path}?lang=zh")).text, "og:image").removeprefix(f"http://{guest.host}")
    assert chinese.startswith("/pictures/ko/")
    moved = await guest.get(chinese)
    assert (await guest.get(moved.headers["location"])).status_code == HTTPStatus.OK
    assert (await guest.get(chinese.replace("/ko/", "/zh/"))).status_code == HTTPStatus.NOT_FOUND
    assert told((await guest.get(f"{path}?lang=uk")).text, "og:image").startswith(f"http://{guest.host}/pictures/uk/")


async def test_what_has_no_page_has_no_picture(town: Town) -> None:
    guest = town.guest()
    claim = await Till(town.site, town.foundation).claim(await Till(town.site, town.foundation).campaign())
    for path in (
        f"/storefront/shops/{uuid7()}",
        f"/storefront/shops/{town.site.seongnam.shop}",
        "/storefront/shops/1",
        f"/coupons/claims/{claim['id']}",
        f"/coupons/r/{claim['code']}",
        "/portal",
        "/console",
        "/portal/coupons/check",
        "/sign-in",
        "/../../etc/passwd",
        "/",
        "",
    ):
        assert (await guest.get(f"/pictures/ko/0123456789abcdef{path}.png")).status_code == HTTPStatus.NOT_FOUND, path


async def test_switched_off_the_pictures_are_gone(town: Town) -> None:
    guest, path = town.guest(), f"/storefront/shops/{town.foundation.shop}"
    url = told((await guest.get(path)).text, "og:image").removeprefix(f"http://{guest.host}")
    assert (await guest.get(url)).status_code == HTTPStatus.OK
    async with town.site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), "storefront", enabled=False)
    async with asyncio.timeout(5):
        while (await guest.get(url)).status_code != HTTPStatus.NOT_FOUND:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)


async def test_a_foundation_has_only_so_many_drawn(town: Town) -> None:
    """What is kept costs nothing; what is new is counted."""
    guest, shop = town.guest(), f"/storefront/shops/{town.foundation.shop}"
    assert (await picture_of(guest, shop)).status_code == HTTPStatus.OK
    async with Redis.from_url(town.site.redis_url) as redis:
        (key,) = [found async for found in redis.scan_iter(f"t:{town.foundation.id}:limit:{DRAWINGS.name}:*")]
        assert int(await redis.get(key)) == 1
        await redis.set(key, DRAWINGS.most, ex=600)
    assert (await picture_of(guest, shop)).status_code == HTTPStatus.OK
    refused = await picture_of(guest, f"/storefront/shops/{town.foundation.other_shop}")
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(refused.headers["retry-after"]) > 0
    assert (await guest.get(f"/storefront/shops/{town.foundation.other_shop}")).status_code == HTTPStatus.OK
