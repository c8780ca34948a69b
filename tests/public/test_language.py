"""Five languages by an address, kept in the browser and with the person; what a language lacks falls back."""

import re
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

import pytest

from smilero_sdk.i18n import LANGUAGES, Catalogue
from tests.support.faces import SESSION, Guest, Town

CHOSEN = "__Host-language"
NATIVE = {"ko": "한국어", "en": "English", "zh": "中文", "vi": "Tiếng Việt", "uk": "Українська"}
MERCHANT = "010-1111-0003"


def spoken_in(page: str) -> str:
    found = re.search(r'<html lang="([a-z]+)"', page)
    assert found
    return found[1]


async def person_language(town: Town, who: str) -> str:
    return str(await town.site.admin.fetchval("select language from core.person where id = $1", town.foundation.people[who]))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_address_says_its_language_and_the_links_behind_it_keep_it(settled: Town, language: str) -> None:
    guest = settled.guest()
    first = await guest.get(f"/?lang={language}")
    assert (first.status_code, spoken_in(first.text), first.headers["content-language"]) == (HTTPStatus.OK, language, language)
    assert {"Accept-Language", "Cookie"} <= set(first.headers["vary"].split(", "))
    cookie = guest.set[CHOSEN]
    assert (cookie.value, cookie["secure"], cookie["httponly"], cookie["samesite"].lower(), cookie["path"]) == (
        language,
        True,
        True,
        "lax",
        "/",
    )
    assert not cookie["domain"]
    guest.set.clear()
    for path in (f"/storefront/shops/{settled.foundation.shop}", "/sign-in", "/nowhere"):
        assert spoken_in((await guest.get(path)).text) == language, path
    assert CHOSEN not in guest.set, "it is not set again"


async def test_every_public_page_offers_the_five_by_their_own_names(settled: Town) -> None:
    guest = settled.guest()
    for path in (
        "/",
        f"/storefront/markets/{settled.foundation.market}",
        f"/storefront/shops/{settled.foundation.shop}",
        "/sign-in",
    ):
        text = (await guest.get(path)).text
        for language, name in NATIVE.items():
            link = rf'<a class="language" href="\?lang={language}" hreflang="{language}" lang="{language}"[^>]*>{name}'
            assert re.search(link, text), (path, language)


async def test_what_else_an_address_says_stays(settled: Town) -> None:
    page = await settled.guest().get("/?q=%EB%A7%A4%EC%9D%BC&lang=en")
    assert page.status_code == HTTPStatus.OK
    assert 'value="매일"' in page.text
    assert 'href="?q=%EB%A7%A4%EC%9D%BC&amp;lang=uk"' in page.text


@pytest.mark.parametrize("wrong", ["xx", "", "ko-KR", "%00", "uk%0d%0aSet-Cookie:x", "한국어"])
async def test_a_language_that_is_none_of_ours_changes_nothing(settled: Town, wrong: str) -> None:
    guest = settled.guest()
    page = await guest.get(f"/?lang={wrong}")
    assert (page.status_code, spoken_in(page.text)) == (HTTPStatus.OK, "ko")
    assert CHOSEN not in guest.set
    guest.cookies[CHOSEN] = "xx"
    assert spoken_in((await guest.get("/")).text) == "ko"


async def test_a_choice_is_stronger_than_the_browser_and_the_browser_than_the_foundation(settled: Town) -> None:
    guest = settled.guest()
    guest.language = "vi"
    assert spoken_in((await guest.get("/")).text) == "vi"
    await guest.get("/?lang=uk")
    assert spoken_in((await guest.get("/")).text) == "uk"
    assert spoken_in((await guest.get("/?lang=en")).text) == "en"


async def test_each_language_has_one_address(settled: Town) -> None:
    path = f"/storefront/shops/{settled.foundation.shop}"
    origin = f"http://{settled.foundation.host}"
    guest = settled.guest()
    for asked, canonical in (("", ""), ("?lang=ko", ""), ("?lang=uk", "?lang=uk"), ("?q=x&lang=uk", "?lang=uk")):
        guest.cookies.clear()
        text = (await guest.get(path + asked)).text
        assert re.findall(r'<link rel="canonical" href="([^"]*)">', text) == [f"{origin}{path}{canonical}"], asked
        assert dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', text)) == {
            **{one: f"{origin}{path}?lang={one}" for one in LANGUAGES if one != "ko"},
            "ko": f"{origin}{path}",
            "x-default": f"{origin}{path}",
        }


async def test_whoever_is_in_is_told_everything_in_the_chosen_language(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    page = await merchant.get("/portal/help")
    assert '<form method="post" action="/language"' in page.text
    answer = await merchant.post("/language", {"language": "uk", "next": "/portal/help"})
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/portal/help")
    assert spoken_in((await merchant.get("/portal/help")).text) == "uk"
    assert await person_language(town, "merchant") == "uk"
    assert await person_language(town, "clerk") == "ko"


async def test_it_comes_along_to_a_new_phone(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    await merchant.post("/language", {"language": "uk", "next": "/"})
    phone = town.guest()
    await _sign_in(town, phone)
    assert phone.set[CHOSEN].value == "uk"
    assert spoken_in((await phone.get("/portal")).text) == "uk"


async def test_what_was_chosen_before_signing_in_holds(town: Town) -> None:
    phone = town.guest()
    await phone.get("/?lang=vi")
    await _sign_in(town, phone)
    assert await person_language(town, "merchant") == "vi"


async def test_who_never_chose_keeps_the_browsers_own(town: Town) -> None:
    phone = town.guest()
    await _sign_in(town, phone)
    assert CHOSEN not in phone.set
    assert await person_language(town, "merchant") == "ko"


@pytest.mark.parametrize("form", [{"language": "xx"}, {}, {"language": ""}])
async def test_a_choice_of_nothing_is_refused(town: Town, form: dict[str, str]) -> None:
    merchant = await town.signed_in("merchant")
    answer = await merchant.post("/language", form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert CHOSEN not in merchant.set
    assert await person_language(town, "merchant") == "ko"


async def test_it_leads_nowhere_else(settled: Town) -> None:
    answer = await settled.guest().post("/language", {"language": "en", "next": "//evil.example/"})
    assert answer.headers["location"] == "/"


async def test_programs_say_it_in_a_header(settled: Town) -> None:
    guest = settled.guest()
    guest.cookies[CHOSEN] = "en"
    answer = await guest.get("/api/v1/nothing?lang=en")
    assert (answer.status_code, answer.headers["content-language"]) == (HTTPStatus.NOT_FOUND, "ko")
    assert SESSION not in guest.set


class TestSentences:
    """Plural forms, figures, and what cannot be filled."""

    FILES: ClassVar = {
        "ko": 'msgid "a.shops"\nmsgstr "가게 {count}곳"\n\nmsgid "a.only"\nmsgstr "하나"\n\nmsgid "a.broken"\nmsgstr "{count}개"\n',
        "uk": (
            'msgid "a.shops"\nmsgid_plural "a.shops"\nmsgstr[0] "{count} крамниця"\nmsgstr[1] "{count} крамниці"\n'
            'msgstr[2] "{count} крамниць"\n\nmsgid "a.broken"\nmsgstr "{count:wrong}"\n'
        ),
        "en": 'msgid "a.shops"\nmsgid_plural "a.shops"\nmsgstr[0] "{count} shop"\nmsgstr[1] "{count} shops"\n',
        "vi": 'msgid "a.shops"\nmsgstr "{count} cửa hàng"\n',
    }

    @pytest.fixture
    def catalogue(self, tmp_path: Path) -> Catalogue:
        (tmp_path / "locale").mkdir()
        for language, text in self.FILES.items():
            (tmp_path / "locale" / f"{language}.po").write_text(text, encoding="utf-8")
        made = Catalogue()
        made.add_folder(tmp_path)
        return made

    @pytest.mark.parametrize(
        ("language", "count", "text"),
        [
            ("uk", 1, "1 крамниця"),
            ("uk", 3, "3 крамниці"),
            ("uk", 11, "11 крамниць"),
            ("uk", 22, "22 крамниці"),
            ("uk", 26638, "26\u00a0638 крамниць"),
            ("en", 1, "1 shop"),
            ("en", 0, "0 shops"),
            ("vi", 26638, "26.638 cửa hàng"),
            ("ko", 26638, "가게 26,638곳"),
            ("zh", 2, "2 shops"),
        ],
    )
    def test_a_figure_chooses_its_form(self, catalogue: Catalogue, language: str, count: int, text: str) -> None:
        assert catalogue.text(language, "a.shops", count=count) == text

    def test_what_is_missing_falls_back_to_korean(self, catalogue: Catalogue) -> None:
        assert catalogue.text("uk", "a.only") == "하나"

    def test_what_cannot_be_filled_falls_back_too(self, catalogue: Catalogue) -> None:
        assert catalogue.text("uk", "a.broken", count=2) == "2개"


async def _sign_in(town: Town, guest: Guest) -> None:
    await town.ask_code(guest, MERCHANT)
    answer = await guest.post("/sign-in/code", {"code": await _code(town), "next": "/"})
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text


async def _code(town: Town) -> str:
    found = re.search(r"(?<![0-9A-Za-z])\d{6}(?![0-9A-Za-z])", await town.message_sent())
    assert found
    return found[0]
