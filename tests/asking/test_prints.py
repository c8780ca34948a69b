"""Sheets to put up: which there are, for whom, and that a page of them asks nobody else for anything."""

import re
from http import HTTPStatus
from uuid import uuid4

from tests.support.coupons import Till
from tests.support.faces import Town

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
        assert (await merchant.get(f"{PRINT}/{path}")).status_code == HTTPStatus.NOT_FOUND
    assert (await town.guest().get(PRINT)).status_code == HTTPStatus.SEE_OTHER
    assert (await (await town.signed_in("owner")).get(PRINT)).status_code == HTTPStatus.FORBIDDEN
