"""`/console/shops/import`: a list of shops is read, looked at line by line, and kept whole or not at all."""

import asyncio
import csv
import io
import re
import zipfile
from http import HTTPStatus
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.support.application import Site
from tests.support.faces import Guest, Town, new_town, sentence
from tests.tables.bench import HEAD, PATH, as_csv, as_xlsx, send, work_off
from tests.tables.conftest import add_shops

LINES, SEEN = 1_005, 1_000
GOOD = ("누리빵집", "라-1", "빵집", "식빵", "051-243-1128", "220-81-62517")


async def market_of(town: Town) -> str:
    name = await town.site.admin.fetchval("select name from core.market where id = $1", town.foundation.market)
    return str(name)


async def shops(town: Town) -> dict[str, tuple[str, ...]]:
    """By the stall: what an import may write."""
    rows = await town.site.admin.fetch(
        """
        select stall, name, category, goods, phone, coalesce(business_number, '') from core.shop
        where tenant_id = $1 and status <> 'left'
        """,
        town.foundation.id,
    )
    return {row[0]: tuple(row)[1:] for row in rows}


async def taken(town: Town, guest: Guest, content: bytes, **more: str) -> tuple[str, str]:
    """Send a sheet and let it be read: its address, and what its page says."""
    answer = await send(guest, content, **more)
    assert answer.status_code == HTTPStatus.SEE_OTHER, sentence(answer)
    here = answer.headers["location"]
    assert "data-progress-url" in (await guest.get(here)).text
    await work_off(town)
    return here, sentence(await guest.get(here))


@pytest.mark.parametrize("form", ["utf-8-sig", "utf-8", "cp949", "xlsx"])
async def test_a_list_is_looked_at_and_then_kept_once(town: Town, form: str) -> None:
    staff, market, before = await town.signed_in("staff"), await market_of(town), await shops(town)
    rows = [(market, *GOOD), (market, "한아름과일", "라-2", "", "", "", "")]
    content = as_xlsx(rows) if form == "xlsx" else as_csv(rows, encoding=form)
    here, said = await taken(town, staff, content)
    assert "2줄 모두 맞습니다. 아직 넣지 않았습니다." in said
    assert await shops(town) == before
    for _ in range(2):
        assert (await staff.post(f"{here}/keep")).headers["location"] == here
    await work_off(town)
    assert "명단을 모두 넣었습니다." in sentence(await staff.get(here))
    assert await shops(town) == {
        **before,
        "라-1": ("누리빵집", "bakery", "식빵", "0512431128", "220-81-62517"),
        "라-2": ("한아름과일", "other", "", "", ""),
    }
    entries = await town.site.admin.fetch(
        "select actor_id, params from core.audit_entry where tenant_id = $1 and sentence = 'imports.audit.shops'", town.foundation.id
    )
    assert [row["actor_id"] for row in entries] == [town.foundation.people["staff"]]
    # The same list again: nothing new, nothing twice.
    after = await shops(town)
    _, said = await taken(town, staff, content)
    assert "모두 이미 들어 있습니다." in said
    assert await shops(town) == after


FAULTS = {
    ("", "라-1", "", "", "", ""): ("상호", "비어 있습니다."),
    ("빵집", "", "", "", "", ""): ("자리", "비어 있습니다."),
    ("빵" * 81, "라-1", "", "", "", ""): ("상호", "80자까지"),
    ("빵집", "라-1", "우주선", "", "", ""): ("업종", "업종은 없습니다."),
    ("빵집", "라-1", "", "", "12", ""): ("전화번호", "전화번호가 아닙니다."),
    ("빵집", "라-1", "", "", "1012345678", ""): ("전화번호", "앞의 0이 빠졌습니다."),
    ("빵집", "라-1", "", "", "", "220-81-62518"): ("사업자등록번호", ""),
    ("빵집", "라-1", "", "", "", "000-00-00000"): ("사업자등록번호", ""),
}


@pytest.mark.parametrize(("cells", "told"), FAULTS.items())
async def test_a_line_that_is_wrong_keeps_all_of_them_out(town: Town, cells: tuple[str, ...], told: tuple[str, str]) -> None:
    staff, market, before = await town.signed_in("staff"), await market_of(town), await shops(town)
    here, said = await taken(town, staff, as_csv([(market, *GOOD[:1], "나-9", *GOOD[2:]), (market, *cells)]))
    assert "2줄 가운데 1줄을 고쳐야 합니다. 아무것도 넣지 않았습니다." in said
    assert "3번째 줄" in said
    assert f"{told[0]} " in said
    assert told[1] in said
    # Nobody gets round it by the command.
    await staff.post(f"{here}/keep")
    await work_off(town)
    assert await shops(town) == before
    file = await staff.get(f"{here}/refused.csv")
    (row,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert row["상호"] == cells[0]
    assert row["고칠 것"].startswith(f"{told[0]}: ")
    assert load_workbook(io.BytesIO((await staff.get(f"{here}/refused.xlsx")).content)).active is not None


async def test_every_fault_of_a_line_is_told_at_once(town: Town) -> None:
    staff = await town.signed_in("staff")
    _, said = await taken(town, staff, as_csv([("없는시장", "", "", "우주선", "", "12", "1")]))
    for column in ("시장", "상호", "자리", "업종", "전화번호", "사업자등록번호"):
        assert f" {column} " in said.partition("고칠 것")[2], column


async def test_whose_shop_a_line_is(town: Town) -> None:
    staff, market = await town.signed_in("staff"), await market_of(town)
    (shop,) = await add_shops(town, ["누리 빵집"], goods="식빵")
    await town.site.admin.execute("update core.shop set stall = '라-1', business_number = '220-81-62517' where id = $1", shop)
    people = await town.site.admin.fetchval("select count(*) from core.membership where tenant_id = $1", town.foundation.id)
    # Another shop at a taken stall, twice one stall, and twice one shop are told.
    for rows, told in (
        ([(market, "다른가게", "라-1", "", "", "", "")], "누리 빵집"),
        ([(market, "갑", "다-1", "", "", "", ""), (market, "을", "다-1", "", "", "", "")], "2번째 줄과 시장과 자리가 같습니다."),
        ([(market, *GOOD), (market, "누리빵집", "다-2", "", "", "", "220-81-62517")], "2번째 줄과 같은 점포입니다."),
    ):
        _, said = await taken(town, staff, as_csv(rows))
        assert told in said
    # A new name and a new stall by the same business number: the same shop, and what is empty stays as it was.
    here, said = await taken(town, staff, as_csv([(market, "새누리빵집", "다-7", "", "", "", "220-81-62517")]))
    assert "바뀌는 점포 1" in said
    await staff.post(f"{here}/keep")
    await work_off(town)
    (row,) = await town.site.admin.fetch("select name, stall, goods, category from core.shop where id = $1", shop)
    assert tuple(row) == ("새누리빵집", "다-7", "식빵", "bakery")
    assert await town.site.admin.fetchval("select count(*) from core.membership where tenant_id = $1", town.foundation.id) == people


async def test_what_changed_meanwhile_is_not_written_over(town: Town) -> None:
    staff, market = await town.signed_in("staff"), await market_of(town)
    (shop,) = await add_shops(town, ["누리빵집"])
    await town.site.admin.execute("update core.shop set stall = '라-1' where id = $1", shop)
    here, _ = await taken(town, staff, as_csv([(market, *GOOD), (market, "새가게", "라-2", "", "", "", "")]))
    await town.site.admin.execute("update core.shop set goods = '호두과자', updated_at = now() where id = $1", shop)
    before = await shops(town)
    await staff.post(f"{here}/keep")
    await work_off(town)
    assert "아무것도 넣지 않았습니다." in sentence(await staff.get(here))
    assert await shops(town) == before


async def test_a_right_that_is_gone_meanwhile_keeps_it_out(town: Town) -> None:
    staff, owner, market = await town.signed_in("staff"), await town.signed_in("owner"), await market_of(town)
    here, _ = await taken(town, staff, as_csv([(market, *GOOD)]))
    before = await shops(town)
    await staff.post(f"{here}/keep")
    assert (await owner.post("/console/rights", {"change": "staff -registry.manage"})).status_code == HTTPStatus.SEE_OTHER
    await work_off(town)
    assert await shops(town) == before
    assert (await staff.get(here)).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "빈 파일"),
        (b"\x00\x01\x02", "CSV"),
        (b"%PDF-1.7", "CSV"),
        (b"PK\x03\x04broken", "엑셀"),
        (as_csv([], head=("이름", "번호")), "첫 줄에 이 칸이 없습니다"),
        (as_csv([]), ""),
    ],
)
async def test_what_is_no_list_is_told(town: Town, content: bytes, told: str) -> None:
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


async def test_a_bomb_is_not_unpacked(town: Town) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(210 * 2**20))
    staff = await town.signed_in("staff")
    assert (await send(staff, bomb.getvalue(), name="명단.xlsx")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_the_bar_tells_how_far_it_is_and_a_run_begun_again_ends(town: Town) -> None:
    staff, market = await town.signed_in("staff"), await market_of(town)
    here = (await send(staff, as_csv([(market, f"가게 {number}", f"호-{number}", "", "", "", "") for number in range(LINES)]))).headers[
        "location"
    ]
    run = UUID(here.rpartition("/")[2])
    # As a worker left it that was killed between two words of how far it is.
    await town.site.admin.execute("update core.import_run set seen = $2, total = $3 where id = $1", run, SEEN, LINES)
    page = await staff.get(here)
    assert re.search(rf'<progress[^>]* max="{LINES}" value="{SEEN}"', page.text)
    assert f"{LINES:,}줄 가운데 {SEEN:,}줄을 확인했습니다." in sentence(page)
    await work_off(town)
    assert f"{LINES:,}줄 모두 맞습니다." in sentence(await staff.get(here))
    assert await town.site.admin.fetchval("select content is null from core.import_run where id = $1", run)


@pytest.mark.suite("A2")
async def test_another_foundations_runs_and_markets_are_not_there(site: Site, town: Town) -> None:
    other = await new_town(site)
    theirs = await other.signed_in("staff")
    here, _ = await taken(other, theirs, as_csv([(await market_of(other), *GOOD)]))
    staff, before = await town.signed_in("staff"), await shops(other)
    for path in ("", "/live", "/refused.csv"):
        assert (await staff.get(here + path)).status_code == HTTPStatus.NOT_FOUND, path
    assert (await staff.post(f"{here}/keep")).status_code == HTTPStatus.NOT_FOUND
    await work_off(other)
    assert await shops(other) == before
    assert (await send(staff, as_csv([]), market=str(other.foundation.market))).status_code == HTTPStatus.NOT_FOUND
    # The twin.
    await theirs.post(f"{here}/keep")
    await work_off(other)
    assert await shops(other) != before


async def test_the_sample_has_the_columns_and_explains_them(town: Town) -> None:
    staff = await town.signed_in("staff")
    file = await staff.get(f"{PATH}/template.csv")
    assert next(csv.reader(io.StringIO(file.content.decode("utf-8-sig")))) == list(HEAD)
    book = load_workbook(io.BytesIO((await staff.get(f"{PATH}/template.xlsx")).content))
    first, second = book.worksheets
    assert next(first.values) == HEAD
    told = {str(name): str(about) for name, about in second.values}
    assert "빵집" in told["업종"]
    assert told["상호"].startswith("꼭 적습니다.")


async def test_two_taps_at_once_keep_it_once(town: Town) -> None:
    staff, market, before = await town.signed_in("staff"), await market_of(town), await shops(town)
    here, _ = await taken(town, staff, as_csv([(market, *GOOD)]))
    answers = await asyncio.gather(*(staff.post(f"{here}/keep") for _ in range(4)))
    assert {one.status_code for one in answers} == {HTTPStatus.SEE_OTHER}
    jobs = "select count(*) from core.job where tenant_id = $1 and name = 'import_keep'"
    assert await town.site.admin.fetchval(jobs, town.foundation.id) == 1
    await work_off(town)
    assert len(await shops(town)) == len(before) + 1


async def test_two_who_send_a_list_at_once_do_not_write_over_each_other(town: Town) -> None:
    staff, owner, market, before = await town.signed_in("staff"), await town.signed_in("owner"), await market_of(town), await shops(town)
    names = [[(market, f"{who} {number}", f"호-{number}", "", "", "", "") for number in range(300)] for who in ("가게", "상점")]
    first, second = [(await taken(town, guest, as_csv(rows)))[0] for guest, rows in zip((staff, owner), names, strict=True)]
    await asyncio.gather(staff.post(f"{first}/keep"), owner.post(f"{second}/keep"))
    # Two workers take one each.
    await asyncio.gather(work_off(town), work_off(town))
    said = [sentence(await staff.get(here)) for here in (first, second)]
    assert sorted("명단을 모두 넣었습니다." in one for one in said) == [False, True]
    assert sum("확인한 뒤에 점포 명단이 바뀌었습니다. 아무것도 넣지 않았습니다." in one for one in said) == 1
    kept = {name.partition(" ")[0] for stall, (name, *_) in (await shops(town)).items() if stall not in before}
    assert len(kept) == 1
    assert len(await shops(town)) == len(before) + 300


async def test_a_list_that_nobody_brings_on_any_more_says_so(town: Town) -> None:
    staff, owner, market = await town.signed_in("staff"), await town.signed_in("owner"), await market_of(town)
    here, _ = await taken(town, staff, as_csv([(market, *GOOD)]))
    await staff.post(f"{here}/keep")
    assert "data-progress-url" in (await owner.get(here)).text
    await owner.post("/console/rights", {"change": "staff -registry.manage"})
    await work_off(town)
    page = await owner.get(here)
    assert "도중에 멈췄습니다. 아무것도 넣지 않았습니다." in sentence(page)
    assert "data-progress-url" not in page.text
    assert "도중에 멈춰 넣지 않음" in sentence(await owner.get(PATH))
