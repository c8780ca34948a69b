"""The console's one box: everything by its name or initial consonants, for whoever may open it, and a number in no address."""

import re
from html import unescape
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.registry.categories import Category
from smilero_core.registry.store import NewShop, RegistryStore
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role
from tests.support.faces import Guest, Town, new_town, sentence

SEARCH = "/console/search"
HER, CUSTOMER = "010-8383-6161", "010-8484-6161"
# Places of the menu that owners alone may go to.
OWNERS = {"권한": "/console/rights", "외부 프로그램": "/console/programs", "바깥 로그인": "/console/logins"}


@pytest.fixture
async def bakery(town: Town) -> UUID:
    """A shop, its merchant, and a customer of the same last digits."""
    shop = NewShop(uuid7(), town.foundation.market, "누리빵집", "나-77", Category.RICECAKE.value, "호밀빵")
    async with town.site.database.unit(town.foundation.id) as unit:
        await RegistryStore(Session(unit)).add_shops([shop])
        people = People(Session(unit), town.foundation.id, town.vault)
        made = await people.ensure(
            [NewPerson(HER, "박 은지", ((Role.MERCHANT, shop.id),)), NewPerson(CUSTOMER, "최은지", ((Role.CUSTOMER, None),))]
        )
    return made[0]


async def found(desk: Guest, text: str) -> dict[str, list[tuple[str, str]]]:
    """By section: titles with where they lead, as the box of the menu asks."""
    page = await desk.post(SEARCH, {"q": text})
    if page.status_code == HTTPStatus.SEE_OTHER:
        page = await desk.get(page.headers["location"])
    assert page.status_code == HTTPStatus.OK, sentence(page)
    sections = re.findall(r'<section class="hits">\s*<h2>(.*?)</h2>(.*?)</section>', page.text, re.DOTALL)
    return {
        re.sub(r"<.*?>", "", head).rsplit(" ", 1)[0]: [
            (unescape(title), url) for url, title in re.findall(r'href="([^"]+)".*?<b>(.*?)</b>', body, re.DOTALL)
        ]
        for head, body in sections
    }


async def test_initial_consonants_find_shop_person_market_feature_and_place(town: Town, bakery: UUID) -> None:
    owner = await town.signed_in("owner")
    assert [title for title, _ in (await found(owner, "ㅃㅈ"))["가게"]] == ["누리빵집"]
    for asked in ("ㅂㅇㅈ", "박은", "은 지"):
        assert (await found(owner, asked))["사람"] == [("박 은지", f"/console/people/{bakery}")], asked
    assert ("기록", "/console/audit") in (await found(owner, "ㄱㄹ"))["메뉴"]
    [(coupons, url)] = (await found(owner, "ㅋㅍ"))["기능"]
    assert (coupons, url) == ("쿠폰", "/console/plugins/coupons")
    market = await town.site.admin.fetchval("select name from core.market where id = $1", town.foundation.market)
    hits = (await found(owner, market))["시장"]
    assert hits == [(market, f"/console/shops?market={town.foundation.market}")]
    for sections in (await found(owner, "ㄱ"), await found(owner, market)):
        for hits in sections.values():
            for title, path in hits:
                answer = await owner.get(unescape(path))
                assert answer.status_code == HTTPStatus.OK, (title, path)


async def test_a_number_finds_its_person_and_stands_in_no_address(town: Town, bakery: UUID) -> None:
    staff = await town.signed_in("staff")
    for asked in (HER, HER.replace("-", ""), "6161"):
        page = await staff.post(SEARCH, {"q": asked})
        assert page.status_code == HTTPStatus.OK, asked
        assert f"/console/people/{bakery}" in page.text, asked
        assert page.headers["cache-control"] == "no-store"
        assert not [url for url in re.findall(r'(?:href|action)="([^"]+)"', page.text) if asked in unescape(url)]
        # As the address of a page it finds nobody: it would stand in logs and histories.
        assert f"/console/people/{bakery}" not in (await staff.get(f"{SEARCH}?q={asked}")).text, asked
    # Of a customer the whole number alone.
    assert "최은지" in (await staff.post(SEARCH, {"q": CUSTOMER})).text
    for asked in ("최은지", "6161"):
        assert [title for title, _ in (await found(staff, asked)).get("사람", [])] == ([] if asked == "최은지" else ["박 은지"])
    words = await staff.post(SEARCH, {"q": "누리빵"})
    assert words.status_code == HTTPStatus.SEE_OTHER
    assert parse_qs(urlsplit(words.headers["location"]).query) == {"q": ["누리빵"]}


async def test_nobody_finds_what_may_not_be_opened(town: Town, bakery: UUID) -> None:
    staff, owner = await town.signed_in("staff"), await town.signed_in("owner")
    for label, url in OWNERS.items():
        assert (label, url) in (await found(owner, label))["메뉴"]
        assert url not in {path for hits in (await found(staff, label)).values() for _, path in hits}, label
    await town.site.admin.execute(
        """insert into core.permission_choice (tenant_id, id, role, permission, allowed)
           values ($1, gen_random_uuid(), 'staff', 'people.manage', false)""",
        town.foundation.id,
    )
    for asked in ("박은지", "ㅂㅇㅈ", HER, "6161"):
        assert "사람" not in await found(staff, asked), asked
    assert str(bakery) not in (await staff.post(SEARCH, {"q": HER})).text
    merchant = await town.signed_in("merchant")
    assert (await merchant.post(SEARCH, {"q": "빵"})).status_code == HTTPStatus.FORBIDDEN
    assert "사람" not in sentence(await merchant.get("/portal/search?q=박은지"))


async def test_an_empty_answer_says_what_to_try(town: Town) -> None:
    staff = await town.signed_in("staff")
    for asked in ("없는말이다", "ㅋㅋㅋㅋㅋ", "0000"):
        page = await staff.post(SEARCH, {"q": asked})
        page = await staff.get(page.headers["location"]) if page.status_code == HTTPStatus.SEE_OTHER else page
        told = sentence(page)
        assert "찾는 것이 없어요" in told
        assert "끝 네 자리" in told
    for asked in ("", "   "):
        assert "ㅃㅈ" in (await staff.get(f"{SEARCH}?q={asked}")).text


async def test_the_box_stands_on_every_page_and_waits_for_a_slash(town: Town) -> None:
    staff = await town.signed_in("staff")
    for path in ("/console/shops", "/console/screens", "/console/plugins", SEARCH, "/console/coupons/campaigns"):
        page = (await staff.get(path)).text
        assert page.count("data-find") == 1, path
        assert f'action="{SEARCH}"' in page, path


async def test_features_are_found_by_whoever_may_see_them(town: Town) -> None:
    staff = await town.signed_in("staff")
    assert "기능" in await found(staff, "쿠폰")
    assert ("기능 켜고 끄기", "/console/plugins") in (await found(staff, "기능"))["메뉴"]
    await town.site.admin.execute(
        """insert into core.permission_choice (tenant_id, id, role, permission, allowed)
           values ($1, gen_random_uuid(), 'staff', 'plugins.read', false)""",
        town.foundation.id,
    )
    assert (await staff.get("/console/plugins/coupons")).status_code == HTTPStatus.FORBIDDEN
    for asked in ("쿠폰", "기능", "ㅋㅍ"):
        hits = {path for section in (await found(staff, asked)).values() for _, path in section}
        assert not [path for path in hits if path.startswith("/console/plugins")], asked


async def test_nothing_of_another_foundation_is_found(town: Town, bakery: UUID) -> None:
    stranger = await (await new_town(town.site)).signed_in("owner")
    for asked in ("누리빵집", "ㄴㄹㅃㅈ", "박은지", HER, "6161", CUSTOMER):
        sections = await found(stranger, asked)
        assert not {"가게", "사람"} & sections.keys(), asked
    assert str(bakery) not in (await stranger.post(SEARCH, {"q": HER})).text


SIGNS = ("%", "__", "%%%%", "\\", ".*", "(", "[", "^", "$", "*", "' or ''='", "ㅃ" * 60, "(" * 60, ".*" * 30)


@pytest.mark.parametrize("asked", SIGNS)
async def test_signs_are_letters_and_never_a_pattern(town: Town, bakery: UUID, asked: str) -> None:
    staff = await town.signed_in("staff")
    sections = await found(staff, asked)
    assert not {"가게", "사람", "시장"} & sections.keys(), (asked, bakery, sections)


async def test_too_many_words_are_refused_and_no_error(town: Town) -> None:
    staff, merchant = await town.signed_in("staff"), await town.signed_in("merchant")
    for asked in ("가" * 61, "1" * 61, "ㅃ" * 5_000):
        sent = await staff.post(SEARCH, {"q": asked})
        opened = await staff.get(SEARCH, params={"q": asked})
        for answer in (sent, opened, await merchant.get("/portal/search", params={"q": asked})):
            assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, asked[:3]
