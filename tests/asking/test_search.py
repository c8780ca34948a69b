"""Search: what is found, for whom, and by which doors."""

from http import HTTPStatus
from typing import Any

import pytest

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_core.registry.categories import Category
from smilero_core.registry.store import NewShop, RegistryStore
from smilero_sdk.finding import BEGINS, WHOLE, WITHIN, pattern, weight
from smilero_sdk.ids import uuid7
from tests.support.coupons import Till
from tests.support.faces import Town
from tests.support.waiting import until

SEARCH = "/api/v1/search"


async def add_shop(town: Town, name: str, goods: str = "", stall: str = "") -> str:
    shop = NewShop(uuid7(), town.foundation.market, name, stall, Category.RICECAKE.value, goods)
    async with town.site.database.unit(town.foundation.id) as unit:
        await RegistryStore(Session(unit)).add_shops([shop])
    return str(shop.id)


async def found(town: Town, q: str, who: str | None = None) -> Any:  # noqa: ANN401 - JSON
    answer = await town.site.caller(town.foundation, who).get(SEARCH, params={"q": q})
    assert answer.status_code == HTTPStatus.OK, answer.text
    return answer.json()


async def titles(town: Town, q: str, who: str | None = None) -> list[str]:
    return [shop["title"] for shop in (await found(town, q, who))["shops"]]


@pytest.mark.parametrize(
    ("asked", "name", "wanted"),
    [
        ("ㅃㅈ", "누리빵집", WITHIN),
        ("ㄴㄹㅃㅈ", "누리빵집", WHOLE),
        ("빵ㅈ", "누리 빵집", WITHIN),
        ("누ㄹ", "누리빵집", BEGINS),
        ("ㅂㅈ", "누리빵집", 0),
        ("ㄱㅅ", "감사상회", BEGINS),
        ("\u3133", "감사상회", BEGINS),  # as a keyboard makes it of the two
        ("ㅋ", "ㅋㅋ분식", BEGINS),
        ("ㅎㅎ", "화해", WHOLE),
        ("a.c", "abc", 0),
        ("ABC", "abc", WHOLE),
        ("\u1108\u1161\u11bc", "빵", WHOLE),  # as an Apple writes it
        ("\u1108\u110c", "빵집", WHOLE),  # initial consonants alone, as Unicode composes syllables of them
        ("누리\u1108", "누리빵집", BEGINS),
        ("", "빵", 0),
    ],
)
def test_a_name_by_its_letters(asked: str, name: str, wanted: int) -> None:
    assert weight(asked, name) == wanted


async def test_python_and_postgresql_read_a_pattern_alike(town: Town) -> None:
    await add_shop(town, "별표* [집] (1) $^ \\ {2}")
    for asked in ("%", "%집%", "*", "[집]", "(1)", "$^", "\\", "{2}", "별표*[집]", "***", "?", "|", "카", "ㅂㅍ*"):
        expected = bool(weight(asked, "별표*[집](1)$^\\{2}"))
        assert bool(await titles(town, asked)) == expected, (asked, pattern(asked))


class TestShops:
    async def test_by_name_goods_stall_and_initial_consonants_at_home_only(self, town: Town, other: Town) -> None:
        bakery = await add_shop(town, "누리빵집", "호밀빵", "나-77")
        for asked in ("누리빵집", "누리 빵", "ㅃㅈ", "호밀", "나-77", "ㅎㅁㅃ"):
            assert await titles(town, asked) == ["누리빵집"], asked
            assert await titles(other, asked) == [], asked
        assert (await found(town, "ㅃㅈ"))["shops"][0]["url"] == f"/storefront/shops/{bakery}"

    async def test_the_whole_name_stands_in_front(self, town: Town) -> None:
        for stall, name in enumerate(("누리빵", "참누리빵", "누리빵집")):
            await add_shop(town, name, stall=f"다-{stall}")
        await add_shop(town, "가게", "누리빵")
        assert await titles(town, "누리빵") == ["누리빵", "누리빵집", "참누리빵", "가게"]

    async def test_one_that_left_is_gone(self, town: Town) -> None:
        shop = await add_shop(town, "떠난집")
        assert await titles(town, "떠난집")
        await town.site.admin.execute("update core.shop set status = 'left' where id = $1", shop)
        assert await titles(town, "떠난집") == []

    async def test_nothing_is_found_for_nothing(self, town: Town) -> None:
        for asked in ("", "   "):
            assert (await found(town, asked))["shops"] == []

    async def test_too_long_words_are_refused(self, town: Town) -> None:
        answer = await town.site.caller(town.foundation).get(SEARCH, params={"q": "가" * 61})
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, "http.invalid")


class TestPlugins:
    async def test_hits_stand_under_the_plugin_with_addresses_of_the_callers_face(self, town: Town) -> None:
        campaign = await Till(town.site, town.foundation).campaign(value=7654)
        for who, face, url in (
            ("merchant", "portal", f"/portal/coupons/campaigns/{campaign['id']}"),
            ("clerk", "portal", None),
            ("owner", "console", "/console/coupons/campaigns?q="),
            ("staff", "console", "/console/coupons/campaigns?q="),
        ):
            answer = await found(town, "7,654원", who)
            assert answer["face"] == face
            hits = [hit for group in answer["groups"] if group["plugin"] == "coupons" for hit in group["hits"]]
            # On the portal it is the shop that is worked for, which a token of the API does not know.
            assert bool(hits) == (face == "console"), who
            assert all(hit["url"].startswith(url) for hit in hits), who

    async def test_what_is_not_for_somebody_is_not_found(self, town: Town) -> None:
        await Till(town.site, town.foundation).campaign(value=7654)
        for who in ("customer", "officer", None):
            assert (await found(town, "7654", who))["groups"] == [], who
        merchant = await (await town.signed_in("other merchant")).get("/portal/search?q=7654")
        assert "7,654" not in merchant.text
        assert "7,654" in (await (await town.signed_in("merchant")).get("/portal/search?q=7654")).text

    async def test_one_that_is_off_or_rests_is_not_asked(self, town: Town) -> None:
        await Till(town.site, town.foundation).campaign(value=7654)
        admin, tenant = town.site.admin, town.foundation.id

        async def coupons_answer() -> bool:
            return "coupons" in [group["plugin"] for group in (await found(town, "7654", "owner"))["groups"]]

        async def coupons_are_silent() -> bool:
            return not await coupons_answer()

        assert await coupons_answer()
        resting = "update core.plugin_activation set rests_until = now() + $3::interval where tenant_id = $1 and plugin = $2"
        await admin.execute(resting.replace("$3::interval", "interval '1 hour'"), tenant, "coupons")
        await until(coupons_are_silent)
        await admin.execute(resting.replace("$3::interval", "interval '-1 hour'"), tenant, "coupons")
        await until(coupons_answer)
        async with town.site.database.unit(tenant) as unit:
            await switch(Session(unit), "coupons", enabled=False)
        await until(coupons_are_silent)

    async def test_a_market_is_found_by_everybody(self, town: Town) -> None:
        (group,) = [one for one in (await found(town, "오일장"))["groups"] if one["plugin"] == "storefront"]
        assert [hit["url"] for hit in group["hits"]] == [f"/storefront/markets/{town.foundation.five_day}"]


class TestPages:
    @pytest.mark.parametrize(("who", "path"), [("owner", "/console/search"), ("merchant", "/portal/search")])
    async def test_what_people_wrote_is_shown_and_never_run(self, town: Town, who: str, path: str) -> None:
        evil = "<script>alert(1)</script>"
        await add_shop(town, f"{evil}집", evil)
        guest = await town.signed_in("customer")
        await guest.post(f"/example/books/{town.foundation.shop}", {"text": f"{evil}말"}, key="k")
        answer = await (await town.signed_in(who)).get(path, params={"q": evil})
        assert answer.status_code == HTTPStatus.OK
        assert answer.text.count("&lt;script&gt;alert(1)") >= 3
        assert evil not in answer.text

    @pytest.mark.parametrize(("who", "path"), [("owner", "/console/search"), ("clerk", "/portal/search")])
    async def test_nothing_found_and_nothing_asked_have_their_words(self, town: Town, who: str, path: str) -> None:
        guest = await town.signed_in(who)
        assert "찾는 것이 없어요" in (await guest.get(f"{path}?q=없는집")).text
        assert "파는 물건" in (await guest.get(path)).text

    async def test_they_are_for_their_people(self, town: Town) -> None:
        for path, who in (("/console/search", "merchant"), ("/portal/search", "owner")):
            assert (await (await town.signed_in(who)).get(path)).status_code == HTTPStatus.FORBIDDEN
            assert (await town.guest().get(path)).status_code == HTTPStatus.SEE_OTHER
