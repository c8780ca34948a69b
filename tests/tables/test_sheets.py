"""Sheets as they really come: what spreadsheets make of cells, and what is no sheet but looks like one."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, time
from http import HTTPStatus

import pytest
from openpyxl import Workbook, load_workbook

from smilero_core.registry.csv_file import Record, harmless, meant
from smilero_core.registry.sheet_file import MOST_ROWS, read_sheet
from smilero_sdk.errors import Problem
from tests.support.faces import Town, sentence
from tests.tables.bench import as_csv, as_xlsx, send, work_off
from tests.tables.test_import import GOOD, market_of, shops, taken

HEAD = ["상호", "자리", "업종", "시장"]


def workbook(*rows: Sequence[object], merged: tuple[str, ...] = ()) -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for one in merged:
        sheet.merge_cells(one)
    book.save(out)
    return out.getvalue()


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part of its archive otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(one.filename, change(old.read(one)) if one.filename == part else old.read(one))
    return out.getvalue()


def test_cells_that_are_one_hold_for_each_line_of_theirs() -> None:
    data = workbook(
        HEAD,
        ["가", "1", None, "큰시장"],
        ["나", "2", None, None],
        [],
        ["다", "3", None, None],
        ["라", "4", None, "작은시장"],
        merged=("D2:D5", "A8:C8"),
    )
    assert read_sheet(data)[1:] == [
        Record(2, ["가", "1", "", "큰시장"]),
        Record(3, ["나", "2", "", "큰시장"]),
        Record(5, ["다", "3", "", "큰시장"]),
        Record(6, ["라", "4", "", "작은시장"]),
    ]


def test_heads_that_are_one_are_no_values() -> None:
    data = workbook(HEAD, [None, None, "소분류", None], ["가", "1", None, None], merged=("A1:A2", "B1:B2", "D1:D2"))
    assert read_sheet(data)[1] == Record(2, ["", "", "소분류"])


def test_what_a_formula_says_and_what_a_number_is() -> None:
    data = workbook(HEAD, ["가", 12, 1.5, None], ["나", 12.0, True, None])
    assert [one.cells[1:3] for one in read_sheet(data)[1:]] == [["12", "1.5"], ["12", "True"]]


@pytest.mark.parametrize("stall", [date(2026, 3, 1), time(3, 1)])
async def test_a_stall_that_became_a_day_is_told(town: Town, stall: object) -> None:
    staff, market, before = await town.signed_in("staff"), await market_of(town), await shops(town)
    _, said = await taken(town, staff, as_xlsx([(market, GOOD[0], stall, "", "", "", "")]))
    assert "자리 엑셀이 날짜로 바꿔 버렸습니다." in said
    assert await shops(town) == before


@pytest.mark.parametrize(
    ("stall", "code"), [("3월 01일", "날짜로"), ("01-Mar", "날짜로"), ("Mar-01", "날짜로"), ("#REF!", "계산이"), ("#N/A", "계산이")]
)
async def test_what_a_spreadsheet_made_of_a_cell_is_told(town: Town, stall: str, code: str) -> None:
    staff, market = await town.signed_in("staff"), await market_of(town)
    _, said = await taken(town, staff, as_csv([(market, GOOD[0], stall, "", "", "", ""), (market, "3월 상회", "가-3", "", "", "", "")]))
    assert "2줄 가운데 1줄을 고쳐야 합니다." in said
    assert code in said.partition("고칠 것")[2]


async def test_quotes_and_breaks_stand_in_cells(town: Town) -> None:
    staff, market = await town.signed_in("staff"), await market_of(town)
    rows = [(market, '"누리 ""원조"", 빵집"', "라-1", "", '"식빵,\n호밀빵"', "", "")]
    here, _ = await taken(town, staff, as_csv(rows))
    await staff.post(f"{here}/keep")
    await work_off(town)
    assert (await shops(town))["라-1"] == ('누리 "원조", 빵집', "other", "식빵, 호밀빵", "", "")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (as_csv([], encoding="utf-16"), "UTF-16"),
        (as_csv([], encoding="utf-16-le"), "UTF-16"),
        (as_csv([("a",)], head=("상호", "자리", "시장", "점포명")), "상호"),
        (as_csv([("가", '"나', "시장")]), "따옴표"),
        ("상호,자리,시장\n\ud55c".encode("euc-kr")[:-1], ""),
    ],
)
async def test_what_cannot_be_read_is_told(town: Town, content: bytes, told: str) -> None:
    staff, before = await town.signed_in("staff"), await shops(town)
    answer = await send(staff, content)
    if answer.status_code == HTTPStatus.SEE_OTHER:
        await work_off(town)
        answer = await staff.get(answer.headers["location"])
        assert "명단으로 읽지 못했습니다" in sentence(answer)
    else:
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in sentence(answer)
    assert await shops(town) == before


SHEET = "xl/worksheets/sheet1.xml"
LINE = workbook(HEAD, ["가", "1", None, "시장"])
BOMBS = {
    "a row so far down that it is waited for": changed(LINE, SHEET, lambda part: part.replace(b'<row r="2"', b'<row r="1999999999"')),
    "a row without an end": changed(LINE, SHEET, lambda part: part.replace(b"</row>", b"<c/>" * 2**20 + b"</row>", 1)),
    "entities": changed(LINE, SHEET, lambda part: b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">]>' + re.sub(rb"^<\?xml[^>]*>", b"", part)),
    "entities in UTF-16": changed(
        LINE, "xl/styles.xml", lambda _: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY a "b">]><a/>'.encode("utf-16")
    ),
    "a tree": changed(LINE, "xl/styles.xml", lambda _: b"<a>" + b"<b/>" * 3 * 2**20 + b"</a>"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_grows_when_it_is_read_is_refused(bomb: str) -> None:
    if bomb.startswith("a row so far"):
        assert [one.line for one in read_sheet(BOMBS[bomb])] == [1]
        return
    with pytest.raises(Problem, match=r"registry\.file_not_sheet"):
        read_sheet(BOMBS[bomb])


def test_so_many_lines_and_no_more() -> None:
    assert len(read_sheet(b"a\n" * (MOST_ROWS + 1))) == MOST_ROWS + 1
    with pytest.raises(Problem, match=r"registry\.file_too_many_rows"):
        read_sheet(b"a\n" * (MOST_ROWS + 2))


@pytest.mark.parametrize("cell", ["=1", "'=1", "''-", "+", "-3", "@a", "\uff1d1", " =1", "\ufeff=1", "\u3000\u200b=1", "\t", "\n1"])
def test_the_apostrophe_of_a_file_goes_again_and_no_other(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert meant(harmless(cell)) == cell
    for name in ("'99년 떡집", "'", "가=1", "1-2"):
        assert (harmless(name), meant(name)) == (name, name)


async def test_what_is_to_be_mended_stands_beside_the_line(town: Town) -> None:
    staff, market = await town.signed_in("staff"), await market_of(town)
    here, _ = await taken(town, staff, as_xlsx([(market, "", "라-1", "", "", "", "")]))
    sheet = load_workbook(io.BytesIO((await staff.get(f"{here}/refused.xlsx")).content)).active
    assert sheet is not None
    head, line = sheet.values
    assert head == ("시장", "상호", "자리", "업종", "파는 것", "전화번호", "사업자등록번호", "고칠 것")
    assert line == (market, None, "라-1", None, None, None, None, "상호: 비어 있습니다. 적어 주세요.")


async def test_the_head_of_a_refused_list_makes_nothing_reckon(town: Town) -> None:
    staff, market = await town.signed_in("staff"), await market_of(town)
    rows = [(market, "", "라-1", "1")]
    here, _ = await taken(town, staff, as_csv(rows, head=("시장", "상호", "자리", "=1+1")))
    file = await staff.get(f"{here}/refused.csv")
    assert "'=1+1" in file.content.decode("utf-8-sig").splitlines()[0]
