"""Staff find people by name and four digits; the whole number is shown once, and who read whose is on record first."""

import json
from http import HTTPStatus
from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role
from smilero_tenants.personal.console import PER_READER, REASONS
from tests.conftest import LookedAt
from tests.support.faces import Guest, Town, sentence

PEOPLE = "/console/people"
HER, CUSTOMER = "010-8181-4545", "010-8282-4545"


async def add(town: Town, phone: str, name: str, *roles: tuple[Role, UUID | None]) -> UUID:
    async with town.site.database.unit(town.foundation.id) as unit:
        [made] = await People(Session(unit), town.foundation.id, town.vault).ensure([NewPerson(phone, name, roles)])
    return made


async def entries(town: Town) -> list[tuple[str, UUID | None, UUID | None]]:
    """Who did what to whom, of this foundation, without its making."""
    rows = await town.site.admin.fetch(
        """select sentence, actor_id, subject_id from core.audit_entry
           where tenant_id = $1 and sentence ~ '^(identity.audit.number|person.audit)' order by at, id""",
        town.foundation.id,
    )
    return [(row["sentence"], row["actor_id"], row["subject_id"]) for row in rows]


async def found(guest: Guest, text: str) -> str:
    return sentence(await guest.post(PEOPLE, {"q": text}))


async def test_people_are_found_by_name_by_four_digits_and_by_the_whole_number(town: Town) -> None:
    await add(town, HER, "박순이", (Role.MERCHANT, town.foundation.shop))
    await add(town, CUSTOMER, "최손님", (Role.CUSTOMER, None))
    staff = await town.signed_in("staff")
    for asked in ("박순", "4545", HER, HER.replace("-", ""), f" +82{HER[1:]} "):
        told = await found(staff, asked)
        assert "박순이" in told, asked
        assert HER not in told.replace(asked, "")
    # A customer is found by whoever was told the whole number, as by herself on the telephone.
    assert "최손님" in await found(staff, CUSTOMER)
    for asked in ("최손님", "4545"):
        assert "최손님" not in (await found(staff, asked)).replace(asked, "")
    assert "찾는 사람이 없습니다" in await found(staff, "없는 사람")
    assert await entries(town) == []


async def test_a_search_stands_in_no_address(town: Town) -> None:
    staff = await town.signed_in("staff")
    page = await staff.get(f"{PEOPLE}?q={HER}")
    assert 'method="post"' in page.text
    assert HER not in page.text


@pytest.mark.parametrize("who", ["owner", "staff"])
async def test_a_number_is_shown_once_and_is_on_record(town: Town, who: str) -> None:
    her = await add(town, HER, "박순이", (Role.MERCHANT, town.foundation.shop))
    guest = await town.signed_in(who)
    page = await guest.get(f"{PEOPLE}/{her}")
    assert HER[-4:] in sentence(page)
    assert HER not in page.text
    assert await entries(town) == []
    shown = await guest.post(f"{PEOPLE}/{her}/number")
    assert HER in sentence(shown)
    assert shown.headers["cache-control"] == "no-store"
    assert await entries(town) == [("identity.audit.number_read", town.foundation.people[who], her)]
    assert HER not in (await guest.get(f"{PEOPLE}/{her}")).text
    log = await guest.get("/console/audit")
    assert "콘솔에서 한 사람의 전화번호를 보았습니다" in sentence(log)
    assert HER not in log.text


async def test_no_entry_no_number(town: Town) -> None:
    """The log cannot be written: then the number is not shown either, for both are one transaction."""
    her = await add(town, HER, "박순이", (Role.MERCHANT, town.foundation.shop))
    staff = await town.signed_in("staff")
    await town.site.admin.execute(
        f"""
        create function core.no_log() returns trigger language plpgsql as $$ begin
          if new.tenant_id = '{town.foundation.id}' then raise 'no'; end if; return new; end $$;
        create trigger no_log before insert on core.audit_entry for each row execute function core.no_log();
        """
    )
    try:
        answer = await staff.post(f"{PEOPLE}/{her}/number")
    finally:
        await town.site.admin.execute("drop trigger no_log on core.audit_entry; drop function core.no_log()")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert HER not in answer.text


async def test_whoever_wants_all_numbers_is_stopped(town: Town, looked_at: LookedAt) -> None:
    her = await add(town, HER, "박순이", (Role.MERCHANT, town.foundation.shop))
    staff = await town.signed_in("staff")
    answers = [(await staff.post(f"{PEOPLE}/{her}/number")).status_code for _ in range(PER_READER.most + 1)]
    looked_at("readings", range(len(answers)))
    assert {*answers[:-1]} == {HTTPStatus.OK}
    assert answers[-1] == HTTPStatus.TOO_MANY_REQUESTS
    assert len(await entries(town)) == PER_READER.most


async def test_an_owner_hands_over_and_erases_for_somebody(town: Town) -> None:
    her = await add(town, HER, "박순이", (Role.CUSTOMER, None))
    owner = await town.signed_in("owner")
    answer = await owner.post(f"{PEOPLE}/{her}/export")
    with ZipFile(BytesIO(answer.content)) as source:
        assert HER in json.dumps([json.loads(source.read(name)) for name in source.namelist() if name.endswith(".json")])
    for reason in (None, "", "because"):
        refused = await owner.post(f"{PEOPLE}/{her}/erase", {"reason": reason} if reason is not None else {})
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await town.site.admin.fetchval("select name from core.person where id = $1", her) == "박순이"
    erased = await owner.post(f"{PEOPLE}/{her}/erase", {"reason": "asked"})
    assert "법에 따라 남는 것" in sentence(erased)
    assert "접속기록" in sentence(erased)
    row = await town.site.admin.fetchrow("select * from core.person where id = $1", her)
    assert row
    assert (row["name"], row["phone_sealed"], row["phone_index"], row["phone_tail_index"]) == ("", None, None, None)
    me = town.foundation.people["owner"]
    assert await entries(town) == [("person.audit.exported", me, her), ("person.audit.erased.asked", me, her)]
    assert (await owner.post(f"{PEOPLE}/{her}/number")).status_code == HTTPStatus.NOT_FOUND
    assert "이름 없음" in sentence(await owner.get(f"{PEOPLE}/{her}"))


async def test_each_reason_has_its_sentence(town: Town) -> None:
    owner = await town.signed_in("owner")
    for number, reason in enumerate(REASONS):
        her = await add(town, f"010-8383-000{number}", "박순이", (Role.CUSTOMER, None))
        assert (await owner.post(f"{PEOPLE}/{her}/erase", {"reason": reason})).status_code == HTTPStatus.OK
    log = sentence(await owner.get("/console/audit"))
    assert all(words in log for words in ("본인이 요청해", "잘못 등록된", "더 필요하지 않은"))


async def test_the_last_owner_stays(town: Town) -> None:
    owner, me = await town.signed_in("owner"), town.foundation.people["owner"]
    refused = await owner.post(f"{PEOPLE}/{me}/erase", {"reason": "asked"})
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "대표가 한 분은 있어야" in sentence(refused)
    await add(town, HER, "다른 관리자", (Role.OWNER, None))
    assert (await owner.post(f"{PEOPLE}/{me}/erase", {"reason": "asked"})).status_code == HTTPStatus.OK


async def test_staff_reads_numbers_and_neither_hands_over_nor_erases(town: Town) -> None:
    her = await add(town, HER, "박순이", (Role.MERCHANT, town.foundation.shop))
    staff = await town.signed_in("staff")
    page = sentence(await staff.get(f"{PEOPLE}/{her}"))
    assert "번호 보기" in page
    assert "지우기" not in page
    for command in ("export", "erase"):
        assert (await staff.post(f"{PEOPLE}/{her}/{command}", {"reason": "asked"})).status_code == HTTPStatus.FORBIDDEN


async def test_a_strangers_and_a_foreign_foundations_person_are_nobody(town: Town) -> None:
    owner = await town.signed_in("owner")
    for person in (uuid7(), town.site.bucheon.people["customer"]):
        for command in ("number", "export", "erase"):
            assert (await owner.post(f"{PEOPLE}/{person}/{command}", {"reason": "asked"})).status_code == HTTPStatus.NOT_FOUND


async def test_everybody_of_the_cast_has_a_page(town: Town, looked_at: LookedAt) -> None:
    owner = await town.signed_in("owner")
    for who, person in town.foundation.people.items():
        answer = await owner.get(f"{PEOPLE}/{person}")
        assert answer.status_code == HTTPStatus.OK, who
    looked_at("people", town.foundation.people)
