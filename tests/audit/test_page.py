"""`/console/audit`: who did what in Korean, found by anything, page by page, and as a file that reckons nothing."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from smilero_core.audit.log import AuditLog
from smilero_core.db.session import Session
from smilero_core.registry.csv_file import harmless
from smilero_sdk.context import Actor
from smilero_sdk.roles import Role
from smilero_tenants.console.audit import PAGE_SIZE
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.faces import Town, new_town, sentence

PAGE = "/console/audit"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


async def write(town: Town, count: int = 1, *, who: str | None = "owner", at: datetime = NOW, plugin: str = "core", **more: object) -> None:
    """Entries a minute apart, of one of the cast, or of the system."""
    actor = Actor(role=Role.OWNER, person_id=town.foundation.people[who], shop_ids=frozenset()) if who else None
    async with town.site.database.unit(town.foundation.id) as unit:
        for number in range(count):
            log = AuditLog(Session(unit), actor, plugin, at + timedelta(minutes=number))
            values = {"name": f"재단 {number}", **more}
            await log.record("tenancy.audit.created", **values)  # type: ignore[arg-type]  # values of the sentence and what changed


def shown(page: Response) -> list[str]:
    """The sentences of a page, in their order."""
    assert page.status_code == HTTPStatus.OK
    return re.findall(r"<b>([^<]+)</b>", page.text.partition("<tbody")[2])


def link(page: Response, rel: str) -> str | None:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page.text)
    return PAGE + found[1].replace("&amp;", "&") if found else None


def rows_of(file: Response) -> list[dict[str, str]]:
    assert file.status_code == HTTPStatus.OK, file.text
    assert file.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("who", ["owner", "staff"])
async def test_the_foundations_people_read_what_was_done_as_sentences(site: Site, who: str) -> None:
    town = await new_town(site)
    guest = await town.signed_in(who)
    assert (
        await (await town.signed_in("owner")).post("/console/plugins/coupons", {"enabled": "false"})
    ).status_code == HTTPStatus.SEE_OTHER
    page = await guest.get(PAGE)
    assert shown(page)[0] == "쿠폰 기능을 껐습니다."
    assert shown(page)[-1].endswith(" 만들었습니다.")
    said = sentence(page)
    owner = await site.admin.fetchval("select name from core.person where id = $1", town.foundation.people["owner"])
    for words in (owner, "재단 대표", "기본 기능", "자동 처리", "켠 기능"):
        assert words in said
    assert 'href="/console/audit" aria-current="page"' in page.text


@pytest.mark.suite("A2")
async def test_nobody_else_reads_it_or_takes_it_home(site: Site, looked_at: LookedAt) -> None:
    town, other = await new_town(site), await new_town(site)
    await write(town, name="비밀 재단")
    before = await site.admin.fetchval("select count(*) from core.audit_entry where tenant_id = $1", town.foundation.id)
    strangers = {
        "nobody": (town.guest(), HTTPStatus.SEE_OTHER),
        **{who: (await town.signed_in(who), HTTPStatus.FORBIDDEN) for who in ("officer", "merchant", "clerk", "customer")},
    }
    for guest, status in strangers.values():
        assert (await guest.get(PAGE)).status_code == status
        answer = await guest.post(f"{PAGE}/export")
        assert (answer.status_code, "비밀" in answer.text) == (status, False)
    foreigner = await other.signed_in("owner")
    theirs = await site.admin.fetchval("select id from core.audit_entry where tenant_id = $1 order by id limit 1", town.foundation.id)
    for search in ("", f"?before={theirs}", f"?after={theirs}", f"?person={town.foundation.people['owner']}"):
        assert "비밀" not in (await foreigner.get(PAGE + search)).text
    taken = await foreigner.post(f"{PAGE}/export")
    assert (taken.status_code, "비밀" in taken.text) == (HTTPStatus.OK, False)
    assert await site.admin.fetchval("select count(*) from core.audit_entry where tenant_id = $1", town.foundation.id) == before
    # The twin: the same requests by the one whom it is for.
    owner = await town.signed_in("owner")
    assert "비밀 재단" in (await owner.get(PAGE)).text
    assert "비밀 재단" in (await owner.post(f"{PAGE}/export")).text
    looked_at("strangers", [*strangers, "the other foundation's owner"])


async def test_it_is_found_by_person_plugin_period_and_subject(site: Site) -> None:
    town = await new_town(site)
    subject = uuid4()
    await write(town, name="갑")
    await write(town, name="을", who="staff", at=NOW + timedelta(days=1))
    await write(town, name="병", who=None, plugin="coupons", at=NOW + timedelta(days=2))
    async with site.database.unit(town.foundation.id) as unit:
        await AuditLog(Session(unit), None, "core", NOW + timedelta(days=3)).record("tenancy.audit.created", subject, name="정")
    guest = await town.signed_in("staff")
    name = await site.admin.fetchval("select name from core.person where id = $1", town.foundation.people["staff"])
    searches = {
        f"?person={town.foundation.people['owner']}": ["갑"],
        f"?who={quote(name)}&plugin=&since=&until=": ["을"],
        "?plugin=coupons": ["병"],
        f"?subject={subject}": ["정"],
        # Days are those of the markets: 03:00 UTC is noon there.
        "?since=2026-11-21&until=2026-11-22": ["병", "을"],
        "?until=2026-11-20": ["갑"],
        f"?since=2026-11-21&person={town.foundation.people['owner']}": [],
    }
    for search, wanted in searches.items():
        found = [words.split(" ")[0][0] for words in shown(await guest.get(PAGE + search))]
        assert found == wanted, search
    assert "찾는 기록이 없어요" in (await guest.get(f"{PAGE}?subject={uuid4()}")).text
    for search in ("?since=gestern", "?person=1", "?nothing=1", f"?who={'x' * 61}"):
        assert (await guest.get(PAGE + search)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY, search


async def test_pages_go_back_and_forth_and_show_everything_once(site: Site) -> None:
    town = await new_town(site)
    # Several of one moment, so that the time alone does not say where a page ends.
    for _ in range(3):
        await write(town, PAGE_SIZE - 5, plugin="coupons")
    guest, path = await town.signed_in("owner"), f"{PAGE}?plugin=coupons"
    page = await guest.get(path)
    pages = [shown(page)]
    while (older := link(page, "next")) is not None:
        page = await guest.get(older)
        pages.append(shown(page))
    assert [len(one) for one in pages] == [PAGE_SIZE, PAGE_SIZE, PAGE_SIZE - 15]
    assert link(await guest.get(f"{PAGE}?plugin=coupons"), "prev") is None
    back: list[list[str]] = [shown(page)]
    while (newer := link(page, "prev")) is not None:
        page = await guest.get(newer)
        back.append(shown(page))
    assert back == pages[::-1]
    assert link(page, "next") is not None


async def test_what_changed_is_folded_behind_words(site: Site) -> None:
    town = await new_town(site)
    await write(town, before={"hosts": ["a.kr"], "odd": None}, after={"hosts": ["a.kr", "b.kr"], "odd": True})
    page = (await (await town.signed_in("owner")).get(f"{PAGE}?person={town.foundation.people['owner']}")).text
    folded = page.partition("<details><summary>")[2].partition("</details>")[0]
    for words in ("그 밖의 주소", "a.kr, b.kr", "없음", "켜짐", ">odd<", "<del>", "<ins>"):
        assert words in folded


async def test_what_a_plugin_left_that_is_gone_is_still_there(site: Site) -> None:
    town = await new_town(site)
    async with site.database.unit(town.foundation.id) as unit:
        await AuditLog(Session(unit), None, "gone", NOW).record("gone.audit.did", after={"<b>x</b>": "<script>"}, count=1)
        await AuditLog(Session(unit), None, "core", NOW).record("tenancy.audit.created")
    page = await (await town.signed_in("owner")).get(PAGE)
    assert "지금은 없는 기능이 남긴 기록입니다. (gone.audit.did)" in sentence(page)
    assert "<script>" not in page.text.partition("<main")[2].partition("</main>")[0]


async def test_the_file_has_what_was_searched_for_and_is_on_record(site: Site) -> None:
    town = await new_town(site)
    evil = '=HYPERLINK("http://x","y")'
    await write(town, 3, plugin="coupons", before={"이름": evil}, after={"이름": "나"})
    async with site.database.unit(town.foundation.id) as unit:
        await AuditLog(Session(unit), None, "coupons", NOW - timedelta(days=1)).record("=cmd|x", count=1)
        await AuditLog(Session(unit), None, "coupons", NOW - timedelta(days=2)).record("tenancy.audit.created", name=evil)
    staff = await town.signed_in("staff")
    answer = await staff.post(f"{PAGE}/export", {"plugin": "coupons", "who": "", "until": "2026-11-20"})
    assert re.fullmatch(r'attachment; filename="audit-\w+-\d{8}\.csv"', answer.headers["content-disposition"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = rows_of(answer)
    assert [row["언제"] for row in rows] == [
        *("2026-11-20 12:02:00", "2026-11-20 12:01:00", "2026-11-20 12:00:00"),
        *("2026-11-19 12:00:00", "2026-11-18 12:00:00"),
    ]
    assert rows[0]["바뀌기 전"] == f"이름: {evil}"
    assert rows[0]["어느 기능"] == "쿠폰"
    assert rows[4]["무엇을"].startswith("'=HYPERLINK")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    page = await staff.get(PAGE)
    assert "기록 5건을 파일로 내려받았습니다." in shown(page)[:1][0]
    assert "2026-11-20" in page.text
    # The file that follows has the first one's entry: nobody takes the log home unseen.
    assert "기록 5건을" in rows_of(await staff.post(f"{PAGE}/export"))[0]["무엇을"]


async def test_the_log_keeps_which_filters_and_not_what_was_looked_for(site: Site) -> None:
    town = await new_town(site)
    owner = await town.signed_in("owner")
    rows_of(await owner.post(f"{PAGE}/export", {"who": "김비밀", "what": "남다른 까닭", "since": "2026-11-01", "plugin": ""}))
    rows_of(await owner.post(f"{PAGE}/export"))
    kept = await site.admin.fetch(
        "select after, params::text from core.audit_entry where tenant_id = $1 and sentence = 'console.audit.exported' order by at",
        town.foundation.id,
    )
    assert [row["after"] and json.loads(row["after"]) for row in kept] == [{"filters": "이름, 한 일, 언제부터"}, None]
    assert not [row for row in kept if "비밀" in row["params"]]
    assert "건 조건" in (await owner.get(PAGE)).text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("a" + cell) == "a" + cell


async def test_the_file_comes_by_the_page_alone(site: Site) -> None:
    town = await new_town(site)
    owner = await town.signed_in("owner")
    foreign = await owner.ask("POST", f"{PAGE}/export", headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    assert foreign.status_code == HTTPStatus.FORBIDDEN
    assert (await owner.get(f"{PAGE}/export")).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert (await owner.post(f"{PAGE}/export")).status_code == HTTPStatus.OK


async def test_somebody_who_was_erased_has_no_name(site: Site) -> None:
    town = await new_town(site)
    await write(town)
    person: UUID = town.foundation.people["owner"]
    staff = await town.signed_in("staff")
    await site.admin.execute("update core.person set name = '' where id = $1", person)
    assert "지워진 사람" in sentence(await staff.get(PAGE))


async def test_it_is_found_by_what_was_done(site: Site) -> None:
    town = await new_town(site)
    await write(town, 2)
    await write(town, 1, name="남다른 기관")
    staff = await town.signed_in("staff")
    await staff.post(f"{PAGE}/export")
    # By the sentence itself, by what it says of this one, and with the other questions.
    assert len(shown(await staff.get(f"{PAGE}?what={quote('파일로 내려받')}"))) == 1
    assert len(shown(await staff.get(f"{PAGE}?what={quote('남다른')}"))) == 1
    assert len(shown(await staff.get(f"{PAGE}?what={quote('만들었')}&until=2026-11-20"))) == 3
    assert shown(await staff.get(f"{PAGE}?what={quote('%')}")) == []
    page = await staff.get(f"{PAGE}?what={quote('재단 1')}")
    assert len(shown(page)) == 1
    assert f'name="what" value="{"재단 1"}"' in page.text
    assert len(rows_of(await staff.post(f"{PAGE}/export", {"what": "남다른"}))) == 1


async def test_a_long_file_has_every_entry_once(site: Site) -> None:
    town = await new_town(site)
    await write(town, 1_205)
    before = await site.admin.fetchval("select count(*) from core.audit_entry where tenant_id = $1", town.foundation.id)
    rows = rows_of(await (await town.signed_in("owner")).post(f"{PAGE}/export"))
    assert len(rows) == before
    assert len({row["기록 번호"] for row in rows}) == before
