"""What a table gives is what a sheet takes, and it is sent as it grows: nobody's slow line holds a transaction."""

import asyncio
import io
import re
import socket
import zipfile
from datetime import date, datetime
from urllib.parse import quote, urlencode, urlsplit

import pytest
from openpyxl import load_workbook

from smilero_sdk.tables import Column, Kind
from smilero_tenants.tables.asking import PAGE_SIZE
from smilero_tenants.tables.files import whole
from smilero_tenants.tables.workbook import XlsxSheet
from tests.support.faces import Town, sentence
from tests.support.waiting import until
from tests.tables.bench import send, work_off
from tests.tables.conftest import add_shops
from tests.tables.test_shops import PAGE, TAKE, names

# So many looks, a hundredth of a second apart, tell that the server stands.
_LOOKS = 100
ALL = ["name", "stall", "category", "goods", "market", "business_number", "phone", "status", "created"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_list_that_was_taken_home_comes_back_unchanged(town: Town, kind: str) -> None:
    shops = await add_shops(town, ["=누리빵집", "'99년 떡집", '쉼표, "따옴표"', "'-빼기"], goods="+식빵")
    await town.site.admin.execute("update core.shop set phone = '0512431128', business_number = '220-81-62517' where id = $1", shops[0])
    await town.site.admin.execute("update core.shop set phone = '15880000', stall = '-3' where id = $1", shops[1])
    staff = await town.signed_in("staff")
    form = [("format", kind), *(("column", one) for one in ALL)]
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    file = await staff.ask("POST", TAKE, content=urlencode(form), headers=headers)
    here = (await send(staff, file.content, name=f"점포.{kind}")).headers["location"]
    await work_off(town)
    page = await staff.get(here)
    assert "모두 이미 들어 있습니다. 바꿀 것이 없습니다." in sentence(page)
    total = await town.site.admin.fetchval("select count(*) from core.shop where tenant_id = $1 and status <> 'left'", town.foundation.id)
    assert f"그대로인 점포 {total}" in sentence(page)


async def test_a_file_holds_no_transaction_while_its_reader_is_slow(town: Town) -> None:
    count = 4_000
    await add_shops(town, [f"느린집 {number:04}" for number in range(count)], category="herb", goods="약" * 1_000)
    staff = await town.signed_in("staff")
    body = urlencode([("format", "csv"), ("category", "herb"), ("column", "goods")])
    url = urlsplit(staff.url)
    # A window of a few kilobytes: the server cannot get rid of the file at once.
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.connect((url.hostname, url.port))
    reader, writer = await asyncio.open_connection(sock=line, limit=4_096)
    head = {**staff._headers(), "Content-Type": "application/x-www-form-urlencoded", "Content-Length": len(body), "Connection": "close"}  # noqa: SLF001 - the guest's own
    head["Sec-Fetch-Site"] = "same-origin"
    writer.write(f"POST {TAKE} HTTP/1.1\r\n".encode() + "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode())
    writer.write(b"\r\n" + body.encode())
    first = await reader.readuntil(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 200"), first
    assert b"content-length" not in first.lower()

    looks = 0

    async def quiet() -> bool:
        """Whether no transaction was open but the one that asks, a hundred times one after the other."""
        nonlocal looks
        open_ones = """
            select count(*) from pg_stat_activity
            where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
        """
        looks = looks + 1 if await town.site.admin.fetchval(open_ones) == 0 else 0
        return looks >= _LOOKS

    # It stands: nothing is read here, and so nothing is asked there.
    await until(quiet)
    rest = b""
    while piece := await reader.read(65_536):
        rest += piece
    writer.close()
    text = b"".join(re.split(rb"\r\n[0-9a-f]+\r\n|^[0-9a-f]+\r\n", rest)).decode("utf-8-sig", errors="replace")
    assert text.count("느린집") == count


def test_a_workbook_is_one_whatever_stands_in_it() -> None:
    kinds = [Kind.TEXT, Kind.NUMBER, Kind.WON, Kind.DATE, Kind.MOMENT, Kind.TEXT]
    columns = [Column(f"c{number}", "", kind) for number, kind in enumerate(kinds)]
    rows: list[list[str | int | date | datetime | None]] = [
        ["=1+1 <&> \x01\x0b _x0041_\r\n끝", -3, 12_000, date(2026, 11, 24), datetime(2026, 11, 24, 15, 30), None],  # noqa: DTZ001 - a workbook has no zones
        ["가" * 40_000, 0, 0, date(1899, 1, 1), None, "'따옴표"],
    ]
    title = "쿠폰/상품권 [2026]: 아주 긴 이름의 표는 서른한 자까지만"
    data = whole(XlsxSheet(title, [f"머리 {number}" for number in range(6)], columns, ("칸", [("가", "나")])), rows)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
    book = load_workbook(io.BytesIO(data))
    first, second = book.worksheets
    assert first.title == "쿠폰 상품권 2026 아주 긴 이름의 표는 서른한 자까지만"[:31]
    head, one, two = first.iter_rows()
    assert [cell.font.b for cell in head] == [True] * 6
    assert (one[0].data_type, one[0].quotePrefix, one[1].number_format) == ("s", True, "#,##0")
    assert str(one[0].value).startswith("=1+1 <&>  _x")
    assert [cell.value for cell in one[1:]] == [-3, 12_000, datetime(2026, 11, 24), datetime(2026, 11, 24, 15, 30), None]  # noqa: DTZ001 - as above
    assert (len(str(two[0].value)), two[3].value, two[5].value) == (32_767, "1899-01-01", "'따옴표")
    assert list(second.values) == [("가", "나")]


async def test_rows_that_are_alike_come_once_each(town: Town) -> None:
    ids = {str(one) for one in await add_shops(town, ["같은집"] * (PAGE_SIZE * 2 + 7), category="herb")}
    staff, seen = await town.signed_in("staff"), list[str]()
    for page in range(1, 4):
        text = (await staff.get(f"{PAGE}?category=herb&sort=name&page={page}")).text
        seen += re.findall(r'name="row" value="([^"]+)"', text)
    assert sorted(seen) == sorted(ids)


async def test_a_page_that_is_no_more_shows_the_last_there_is(town: Town) -> None:
    await add_shops(town, [f"약초 {number:03}" for number in range(PAGE_SIZE + 2)], category="herb")
    staff = await town.signed_in("staff")
    page = await staff.get(f"{PAGE}?category=herb&page=9")
    assert names(page) == [f"약초 {PAGE_SIZE:03}", f"약초 {PAGE_SIZE + 1:03}"]
    assert "2쪽 가운데 2쪽" in sentence(page)
    assert "찾는 것이 없어요" in sentence(await staff.get(f"{PAGE}?category=herb&q={quote('없는말')}&page=9"))


@pytest.mark.parametrize("typed", ["%", "_", ".*", "\\", "[", "(?i)", "***=", "''", "a|b", "^", "$"])
async def test_what_is_typed_is_text_and_no_pattern(town: Town, typed: str) -> None:
    await add_shops(town, ["평범한집", f"이상한{typed}집"], category="herb")
    staff = await town.signed_in("staff")
    found = names(await staff.get(f"{PAGE}?category=herb&q={quote(typed)}"))
    assert [one.replace("&#39;", "'") for one in found] == [f"이상한{typed}집"]


async def test_a_search_that_was_pasted_has_its_spaces_as_they_come(town: Town) -> None:
    await add_shops(town, ["평범한 집"], category="herb")
    staff = await town.signed_in("staff")
    pasted = quote("평범한\u00a0집\u3000")
    assert names(await staff.get(f"{PAGE}?q={pasted}")) == ["평범한 집"]
