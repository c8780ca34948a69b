"""Who works where, and who is awaited: by name and four digits; whole numbers are an owner's, in a file, and on record."""

import re
from http import HTTPStatus
from urllib.parse import quote
from uuid import uuid4

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.invitations import Invitations, Invitee
from smilero_sdk.roles import Role
from tests.support.application import Site
from tests.support.faces import Town, new_town, sentence
from tests.tables.test_many import ask
from tests.tables.test_shops import heads, names, rows_of

MEMBERS, AWAITED = "/console/members", "/console/invitations/waiting"


async def called(town: Town, who: str) -> str:
    name = await town.site.admin.fetchval("select name from core.person where id = $1", town.foundation.people[who])
    return str(name)


async def invite(town: Town, name: str, phone: str) -> None:
    async with town.site.database.unit(town.foundation.id) as unit:
        invitations = Invitations(Session(unit), town.foundation.id, town.vault)
        await invitations.invite(Invitee(phone, name, Role.MERCHANT, town.foundation.shop), town.foundation.people["owner"])


async def test_those_who_work_are_a_list_and_customers_are_not(town: Town) -> None:
    staff = await town.signed_in("staff")
    page = await staff.get(MEMBERS)
    listed = names(page)
    for who in ("owner", "staff", "officer", "merchant", "clerk", "other merchant"):
        assert await called(town, who) in listed, who
    for who in ("customer", "other customer"):
        assert await called(town, who) not in listed, who
    assert "전화번호" not in heads(page)
    clerks = names(await staff.get(f"{MEMBERS}?role=clerk"))
    assert sorted(clerks) == sorted([await called(town, "clerk"), await called(town, "other clerk")])
    assert (await staff.get(f"{MEMBERS}?role=customer")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (await staff.get(f"{MEMBERS}?column=phone")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_whole_numbers_are_an_owners_in_a_file_that_is_on_record(town: Town) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff")
    whole = re.compile(r"\d{3}-\d{4}-\d{4}")
    for page in (await owner.get(MEMBERS), await staff.get(MEMBERS)):
        # What is read: ids have digits between hyphens too.
        assert not whole.search(sentence(page))
    rows = rows_of(await staff.post(f"{MEMBERS}/export", {"format": "csv"}))
    assert "전화번호" not in rows[0]
    assert not any(whole.search(cell) for row in rows for cell in row.values())
    rows = rows_of(await owner.post(f"{MEMBERS}/export", {"format": "csv"}))
    assert all(whole.fullmatch(row["전화번호"]) for row in rows)
    entries = await town.site.admin.fetch(
        "select after from core.audit_entry where tenant_id = $1 and sentence = 'tables.audit.exported' order by at", town.foundation.id
    )
    assert ["전화번호" in str(entry["after"]) for entry in entries] == [False, True]


async def test_invitations_that_wait_are_taken_back_many_at_once(town: Town) -> None:
    await invite(town, "김기다림", "010-7000-0001")
    await invite(town, "이기다림", "010-7000-0002")
    staff = await town.signed_in("staff")
    assert names(await staff.get(f"{AWAITED}?q={quote('기다림')}&sort=name")) == ["김기다림", "이기다림"]
    assert names(await staff.get(f"{AWAITED}?state=expired")) == []
    ids = [row["id"] for row in await town.site.admin.fetch("select id from core.invitation where name like '%기다림'")]
    question = await ask(staff, "revoke", ids, to=f"{AWAITED}/many")
    assert "초대 2건을 거둘까요?" in sentence(question)
    sent = {"act": "revoke", "rows": " ".join(map(str, ids)), "idempotency_key": str(uuid4())}
    assert "초대 2건을 거두었습니다." in sentence(await staff.post(f"{AWAITED}/many/carry", sent))
    assert names(await staff.get(f"{AWAITED}?q={quote('기다림')}")) == []


@pytest.mark.suite("A2")
async def test_another_foundations_people_are_not_there(site: Site, town: Town) -> None:
    other = await new_town(site)
    await invite(other, "남의초대", "010-7000-0003")
    (theirs,) = await site.admin.fetch("select id from core.invitation where name = '남의초대'")
    await site.admin.execute("update core.person set name = '남의사람' where id = $1", other.foundation.people["merchant"])
    staff = await town.signed_in("staff")
    assert names(await staff.get(f"{MEMBERS}?q={quote('남의')}")) == []
    assert names(await staff.get(f"{AWAITED}?q={quote('남의')}")) == []
    assert (await ask(staff, "revoke", [theirs["id"]], to=f"{AWAITED}/many")).status_code == HTTPStatus.NOT_FOUND
    sent = {"act": "revoke", "rows": str(theirs["id"]), "idempotency_key": str(uuid4())}
    assert (await staff.post(f"{AWAITED}/many/carry", sent)).status_code == HTTPStatus.NOT_FOUND
    assert not await site.admin.fetchval("select revoked_at is not null from core.invitation where id = $1", theirs["id"])
    assert names(await (await other.signed_in("staff")).get(f"{MEMBERS}?q={quote('남의')}")) == ["남의사람"]
