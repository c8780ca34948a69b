"""`/console/shops`: filtered, sorted, its columns chosen, and taken home as a file."""

import csv
import io
import re
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

import pytest
from httpx2 import Response
from openpyxl import load_workbook

from smilero_tenants.tables.asking import PAGE_SIZE
from smilero_tenants.tables.exporting import AT_ONCE
from tests.support.application import Site
from tests.support.faces import Town, new_town, sentence
from tests.tables.conftest import add_shops

PAGE = "/console/shops"
TAKE = f"{PAGE}/export"


def names(page: Response) -> list[str]:
    """What the rows are about, in their order."""
    assert page.status_code == HTTPStatus.OK, page.text
    return re.findall(r'<th scope="row".*?<(?:a|b)[^>]*>([^<]+)</', page.text.partition("<tbody")[2], re.DOTALL)


def heads(page: Response) -> list[str]:
    return re.findall(r'role="columnheader"[^>]*>(?:<a [^>]*>)?([^<]+)<', page.text)


def rows_of(file: Response) -> list[dict[str, str]]:
    assert file.status_code == HTTPStatus.OK, file.text
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


async def test_it_is_filtered_and_the_address_says_by_what(town: Town) -> None:
    await add_shops(town, ["나루떡집", "가람빵집"], category="ricecake", goods="찹쌀떡")
    closed, left = await add_shops(town, ["닫은빵집", "떠난빵집"], category="fish")
    await town.site.admin.execute("update core.shop set status = 'closed' where id = $1", closed)
    await town.site.admin.execute("update core.shop set status = 'left' where id = $1", left)
    market = await town.site.admin.fetchval("select market_id from core.shop where id = $1", closed)
    staff = await town.signed_in("staff")
    for search, wanted in {
        f"?q={quote('ㅃㅈ')}&category=ricecake": ["가람빵집"],
        f"?q={quote('찹쌀')}": ["가람빵집", "나루떡집"],
        f"?q=&market=&category=fish&market={market}": ["닫은빵집"],
        "?category=fish&status=closed": ["닫은빵집"],
        "?status=left": ["떠난빵집"],
        "?category=fish&status=open": [],
    }.items():
        page = await staff.get(PAGE + search)
        assert names(page) == wanted, search
    none = (await staff.get(f"{PAGE}?category=fish&status=open")).text
    assert "찾는 것이 없어요" in none
    assert 'href="?"' in none


async def test_hangul_sorts_by_its_alphabet_both_ways_and_pages_show_everything_once(town: Town) -> None:
    wanted = [f"{first}{number:03}" for first in "가나다라마바사아자차카타파하" for number in range(8)]
    await add_shops(town, wanted[::-1], category="herb")
    staff = await town.signed_in("staff")
    for sort, order in (("name", wanted), ("-name", wanted[::-1])):
        path, seen = f"{PAGE}?category=herb&sort={sort}", list[str]()
        while path:
            page = await staff.get(path)
            assert len(names(page)) <= PAGE_SIZE
            seen += names(page)
            link = re.search(r'href="([^"]+)" rel="next"', page.text)
            path = PAGE + link[1].replace("&amp;", "&") if link else ""
        assert seen == order
        way = "descending" if sort.startswith("-") else "ascending"
        first = (await staff.get(f"{PAGE}?category=herb&sort={sort}")).text
        assert re.findall(r'aria-sort="(\w+)"><a href="[^"]*">([^<]+)', first)[0] == (way, "상호")
        assert f"<b>{len(wanted)}곳</b>" in first


@pytest.mark.parametrize(
    "search",
    [
        "sort=phone",
        "sort=s.name",
        "sort=name;drop table core.shop",
        "sort=uses",
        "sort=--name",
        "column=nothing",
        "column=tenant_id",
        "category=nothing",
        "status=gone",
        "market=00000000-0000-0000-0000-000000000000",
        "market=1",
        "page=x",
        "page=-1",
        "nothing=1",
        "tenant_id=1",
        f"q={'x' * 61}",
    ],
)
async def test_what_the_table_does_not_declare_is_refused(town: Town, search: str) -> None:
    staff = await town.signed_in("staff")
    assert (await staff.get(f"{PAGE}?{search}")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    # The file is asked by the same rules.
    name, _, value = search.partition("=")
    assert (await staff.post(TAKE, {"format": "csv", name: value})).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (await staff.get(PAGE)).status_code == HTTPStatus.OK


async def test_columns_are_chosen_and_remembered(town: Town) -> None:
    staff = await town.signed_in("staff")
    usual = heads(await staff.get(PAGE))
    assert ("상호" in usual, "시장" in usual, "사업자등록번호" in usual) == (True, True, False)
    chosen = await staff.get(f"{PAGE}?column=business_number&column=stall")
    assert heads(chosen) == ["상호", "자리", "사업자등록번호"]
    assert staff.set["__Host-columns-core-shops"]["secure"]
    assert heads(await staff.get(PAGE)) == heads(chosen)
    # What a browser sends of an older version is no error, and gives no more than there is.
    staff.cookies["__Host-columns-core-shops"] = "gone.stall.<b>"
    assert heads(await staff.get(PAGE)) == ["상호", "자리"]


async def test_whole_numbers_are_for_those_who_may_read_them(town: Town) -> None:
    (shop,) = await add_shops(town, ["번호있는집"])
    await town.site.admin.execute("update core.shop set phone = '0512431128' where id = $1", shop)
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff")
    shown = await staff.get(f"{PAGE}?q={quote('번호있는집')}&column=phone")
    assert "051-243-1128" in shown.text
    answer = await owner.post("/console/rights", {"change": "staff -people.numbers"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    # Remembered, asked for, or neither: the column is not there for staff, and no word of it.
    for path in (PAGE, f"{PAGE}?q={quote('번호있는집')}"):
        # What is read, not what is in the source: among its ids one has these digits by chance now and then.
        said = sentence(await staff.get(path))
        assert ("번호있는집" in said, "전화번호" in said, "243" in said) == (True, False, False)
    assert (await staff.get(f"{PAGE}?column=phone")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (await staff.post(TAKE, {"format": "csv", "column": "phone"})).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    staff.cookies["__Host-columns-core-shops"] = "name.phone"
    rows = rows_of(await staff.post(TAKE, {"format": "csv"}))
    assert "전화번호" not in rows[0]
    # The twin who may, and what is on record of it.
    rows = rows_of(await owner.post(TAKE, {"format": "csv", "column": "phone"}))
    assert "051-243-1128" in [row["전화번호"] for row in rows]
    (entry,) = await town.site.admin.fetch(
        "select params, after from core.audit_entry where tenant_id = $1 and sentence = 'tables.audit.exported' order by at desc limit 1",
        town.foundation.id,
    )
    assert "전화번호" in entry["after"]
    assert str(len(rows)) in entry["params"]


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@x", "\uff1d1", '=HYPERLINK("http://x","y")', "  =1", "\u3000=1", "\u200b=1", "\t\ufeff =1"]
)
async def test_no_cell_of_a_file_reckons(town: Town, evil: str) -> None:
    await add_shops(town, [evil], goods="=goods")
    staff = await town.signed_in("staff")
    asked = {"q": "=goods", "column": "goods"}
    (row,) = rows_of(await staff.post(TAKE, {"format": "csv", **asked}))
    assert row == {"상호": f"'{evil}", "파는 것": "'=goods"}
    sheet = load_workbook(io.BytesIO((await staff.post(TAKE, {"format": "xlsx", **asked})).content)).active
    assert sheet is not None
    # In a workbook text is text by its type, and stays as it was written.
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [(evil, "s"), ("=goods", "s")]


async def test_a_workbook_has_days_as_days_and_its_head_stays(town: Town) -> None:
    await add_shops(town, ["나", "가"], category="herb")
    staff = await town.signed_in("staff")
    file = await staff.post(TAKE, {"format": "xlsx", "category": "herb", "sort": "-name", "column": "created"})
    assert re.fullmatch(r'attachment; filename="shops-\w+-\d{8}\.xlsx"', file.headers["content-disposition"])
    assert file.headers["cache-control"] == "no-store"
    sheet = load_workbook(io.BytesIO(file.content)).active
    assert sheet is not None
    assert (sheet.title, sheet.freeze_panes) == ("시장과 점포", "A2")
    head, *rows = list(sheet.values)
    assert head == ("상호", "등록한 때")
    assert [row[0] for row in rows] == ["나", "가"]
    assert isinstance(rows[0][1], datetime)


async def test_a_long_file_has_everything_once(town: Town) -> None:
    wanted = {f"긴 {number:05}" for number in range(AT_ONCE * 2 + 3)}
    await add_shops(town, sorted(wanted), category="herb")
    rows = rows_of(await (await town.signed_in("staff")).post(TAKE, {"format": "csv", "category": "herb"}))
    assert [row["상호"] for row in rows] == sorted(wanted)


@pytest.mark.suite("A2")
async def test_another_foundations_shops_are_not_there(site: Site, town: Town) -> None:
    other = await new_town(site)
    await add_shops(other, ["남의집"])
    theirs = await site.admin.fetchval("select market_id from core.shop where id = $1", other.foundation.shop)
    staff = await town.signed_in("staff")
    assert names(await staff.get(f"{PAGE}?q={quote('남의집')}")) == []
    assert (await staff.get(f"{PAGE}?market={theirs}")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for kind in ("csv", "xlsx"):
        file = await staff.post(TAKE, {"format": kind, "q": "남의집"})
        assert file.status_code == HTTPStatus.OK
    assert rows_of(await staff.post(TAKE, {"format": "csv", "q": "남의집"})) == []
    assert names(await (await other.signed_in("staff")).get(f"{PAGE}?q={quote('남의집')}")) == ["남의집"]


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("merchant", 403), ("clerk", 403), ("customer", 403)])
async def test_nobody_else_takes_it_home(town: Town, who: str, status: int) -> None:
    guest = await town.signed_in(who)
    assert (await guest.post(TAKE, {"format": "csv"})).status_code == status
    assert (await town.guest().post(TAKE, {"format": "csv"})).status_code == HTTPStatus.SEE_OTHER
