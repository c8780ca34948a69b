"""Sheets to put up: which there are, for whom, and that a page of them asks nobody else for anything."""

import re
from http import HTTPStatus
from urllib.parse import unquote
from uuid import uuid4

from tests.support.coupons import Till
from tests.support.faces import Town
from tests.support.pdf import read_pdf
from tests.support.qr import codes_of

PRINT = "/portal/print"


async def test_a_shop_has_its_own_sheet_and_one_for_each_open_coupon(town: Town) -> None:
    till = Till(town.site, town.foundation)
    mine, theirs = await till.campaign(value=7654), await till.campaign("other merchant", shop_id=str(town.foundation.other_shop))
    ended = await till.campaign(value=4321)
    await till.end(ended)
    text = (await (await town.signed_in("merchant")).get(PRINT)).text
    assert f"{PRINT}/core/shop" in text
    assert f"{PRINT}/coupons/{mine['id']}" in text
    assert f"{PRINT}/example/book" in text
    for other in (theirs, ended):
        assert other["id"] not in text
        answer = await (await town.signed_in("merchant")).get(f"{PRINT}/coupons/{other['id']}")
        assert answer.status_code == HTTPStatus.NOT_FOUND


async def test_a_sheet_says_what_it_is_and_where_its_code_leads(town: Town) -> None:
    campaign = await Till(town.site, town.foundation).campaign(value=7654)
    for path, words in (
        (f"{PRINT}/coupons/{campaign['id']}", ("7,654원", "휴대전화로 찍으면 쿠폰을 드려요")),
        (f"{PRINT}/core/shop", ("shop", "매일시장 가-0")),
    ):
        page = await (await town.signed_in("clerk")).get(path)
        assert page.status_code == HTTPStatus.OK
        assert all(word in page.text for word in (*words, "상권활성화재단", "인쇄하기"))
        assert 'role="img"' in page.text
        assert "<svg" in page.text


async def test_a_sheet_as_a_file_for_the_printer(town: Town) -> None:
    campaign = await Till(town.site, town.foundation).campaign(value=7654)
    merchant = await town.signed_in("merchant")
    path = f"{PRINT}/coupons/{campaign['id']}"
    assert f'href="{path}/pdf"' in (await merchant.get(path)).text
    answer = await merchant.get(f"{path}/pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    named = unquote(answer.headers["content-disposition"])
    assert "filename*=UTF-8''7,654원 깎아 드려요 " in named
    assert named.endswith(" shop.pdf")
    pdf = read_pdf(answer.content)
    assert [page.size for page in pdf.pages] == [(148, 210)]
    assert all(words in pdf.text for words in ("7,654원 깎아 드려요", "휴대전화로 찍으면 쿠폰을 드려요", "매일시장 가-0", "상권활성화재단"))
    assert codes_of(answer.content) == [f"http://{merchant.host}/coupons/c/{campaign['id']}"]


async def test_paper_in_chinese_is_written_in_the_foundations_language(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    for language, written, words in (("zh", "ko", "찍으면 우리 가게가"), ("uk", "uk", "телефон"), ("vi", "vi", "điện thoại")):
        answer = await merchant.get(f"{PRINT}/core/shop/pdf", headers={"Accept-Language": language})
        pdf = read_pdf(answer.content)
        assert (answer.headers["content-language"], pdf.language) == (written, written)
        assert words in pdf.text.replace("Điện", "điện")


async def test_it_asks_nobody_else_and_has_nothing_inline(town: Town) -> None:
    page = await (await town.signed_in("merchant")).get(f"{PRINT}/core/shop")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"""\sstyle=|\son\w+=|<style|<script(?! type="module" src="/static/)""", page.text)
    addresses = re.findall(r"""(?:href|src|action)=["']([^"']+)""", page.text)
    assert addresses
    assert [one for one in addresses if not one.startswith(("/", "#"))] == []
    sheet = next(one for one in addresses if "/sheet." in one)
    style = (await town.guest().get(sheet)).text
    assert re.search(r"@page\s*\{[^}]*size:\s*A5", style)
    assert "url(" not in style


async def test_none_that_is_none(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    for path in ("core/nothing", f"coupons/{uuid4()}", "nothing/shop", "example/none"):
        for page in (path, f"{path}/pdf"):
            assert (await merchant.get(f"{PRINT}/{page}")).status_code == HTTPStatus.NOT_FOUND
    assert (await town.guest().get(PRINT)).status_code == HTTPStatus.SEE_OTHER
    assert (await (await town.signed_in("owner")).get(PRINT)).status_code == HTTPStatus.FORBIDDEN
