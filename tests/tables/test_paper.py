"""A table of the console on paper: all of what is asked for, on record, and not without end."""

from http import HTTPStatus
from urllib.parse import unquote

from httpx2 import Response

from smilero_sdk.papers import MOST_ROWS
from tests.support.faces import Guest, Town
from tests.support.pdf import read_pdf
from tests.tables.conftest import add_shops

TAKE = "/console/shops/export"
NAMES = ["가람빵집", "나루떡집", "부흥시장 원조 할머니 손두부와 순두부집"]


async def take(guest: Guest, **asked: str) -> Response:
    return await guest.post(TAKE, {"format": "pdf", **asked})


async def exported(town: Town) -> int:
    log = "select count(*) from core.audit_entry where tenant_id = $1 and sentence = 'tables.audit.exported'"
    return int(await town.site.admin.fetchval(log, town.foundation.id))


async def test_the_list_is_what_was_asked_for_with_its_columns(town: Town) -> None:
    await add_shops(town, NAMES)
    staff = await town.signed_in("staff")
    answer = await take(staff, q="집", sort="name")
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    assert ".pdf" in unquote(answer.headers["content-disposition"])
    pdf = read_pdf(answer.content)
    assert all(words in pdf.text for words in (*NAMES, "상호", "자리", "점포 3곳", "상권활성화재단", "1 / 1"))
    assert pdf.text.index(NAMES[0]) < pdf.text.index(NAMES[1])
    assert "휴대전화" not in pdf.text
    assert await exported(town) == 1


async def test_every_table_offers_it(town: Town) -> None:
    owner = await town.signed_in("owner")
    for path in ("/console/shops", "/console/members"):
        assert 'value="pdf"' in (await owner.get(path)).text, path


async def test_what_no_paper_holds_is_refused_and_not_on_record(town: Town) -> None:
    await add_shops(town, [f"점포 {number}" for number in range(MOST_ROWS + 1)])
    answer = await take(await town.signed_in("staff"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f"{MOST_ROWS:,}줄까지" in answer.text
    assert await exported(town) == 0


async def test_who_may_not_see_the_table_gets_no_paper_of_it(town: Town) -> None:
    assert (await take(await town.signed_in("merchant"))).status_code == HTTPStatus.FORBIDDEN
    assert (await take(town.guest())).status_code == HTTPStatus.SEE_OTHER
