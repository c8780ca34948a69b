"""The console's own commands by the same mark: who belongs to the foundation, and by what name and number everybody knows it."""

import asyncio
from http import HTTPStatus
from uuid import uuid4

import pytest
from httpx2 import Response

from tests.support.application import Site
from tests.support.approvals import Two, id_in
from tests.support.faces import Guest, Town, new_town, sentence

SWITCH = "/console/plugins/core/approvals"
COLLEAGUES, FOUNDATION = "/console/colleagues", "/console/foundation"
NEW = {"phone": "010-7777-4242", "name": "김새봄", "role": "staff"}


async def on(town: Town, word: str) -> Two:
    """With one of the core's switches on."""
    answer = await (await town.signed_in("owner")).post(f"{SWITCH}/{word}", {"enabled": "true"}, key=str(uuid4()))
    assert answer.headers.get("location") == "/console/rights", sentence(answer)
    return Two(town)


async def confirm(guest: Guest, held: str) -> Response:
    return await guest.post(f"/console/approvals/{held}/approve", {}, key=str(uuid4()))


async def invitations(town: Town) -> int:
    return int(await town.site.admin.fetchval("select count(*) from core.invitation where tenant_id = $1", town.foundation.id))


async def colleague(town: Town, who: str) -> str:
    sql = "select id from core.membership where tenant_id = $1 and person_id = $2 and role in ('owner', 'staff') and ended_at is null"
    return str(await town.site.admin.fetchval(sql, town.foundation.id, town.foundation.people[who]))


async def known_by(town: Town) -> tuple[str, str, str]:
    row = await town.site.admin.fetchrow(
        "select name, coalesce(sender->>'phone', '') as phone, coalesce(sender->>'name', '') as sender from core.tenant where id = $1",
        town.foundation.id,
    )
    assert row
    return row["name"], row["phone"], row["sender"]


async def look(guest: Guest, **changed: str) -> dict[str, str]:
    """The form as it stands, with something written otherwise."""
    page = (await guest.get(FOUNDATION)).text
    fields = {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("name", "seal", "colour", "phone", "sender")}
    return fields | changed


async def test_the_switches_stand_beside_the_rights(town: Town) -> None:
    owner = await town.signed_in("owner")
    page = await owner.get("/console/rights")
    for words in ("두 사람이 확인하는 일", "재단 사람을 들이고 내보내기", "재단 이름, 전화번호, 보내는 이름 바꾸기"):
        assert words in sentence(page), words
    for word in ("colleague", "known_by"):
        assert f'action="{SWITCH}/{word}"' in page.text
    assert (await owner.post(f"{SWITCH}/nothing", {"enabled": "true"}, key=str(uuid4()))).status_code == HTTPStatus.NOT_FOUND
    staff = await town.signed_in("staff")
    assert (await staff.post(f"{SWITCH}/colleague", {"enabled": "true"}, key=str(uuid4()))).status_code == HTTPStatus.FORBIDDEN
    await on(town, "colleague")
    log = sentence(await owner.get("/console/audit"))
    assert "「재단 사람을 들이고 내보내기」을 두 사람이 확인하게 했습니다" in log
    assert "core:" not in log


async def test_off_again_needs_a_second_as_well(town: Town) -> None:
    office = await on(town, "colleague")
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    held = id_in((await owner.post(f"{SWITCH}/colleague", {"enabled": "false"}, key=str(uuid4()))).headers["location"])
    wanted = "select count(*) from core.approval_choice where tenant_id = $1"
    await confirm(owner, held)
    assert await town.site.admin.fetchval(wanted, town.foundation.id) == 1
    assert "재단 사람을 들이고 내보내기" in sentence(await staff.get(f"/console/approvals/{held}"))
    await confirm(staff, held)
    assert (await office.state(held), await town.site.admin.fetchval(wanted, town.foundation.id)) == ("done", 0)


async def test_somebody_is_invited_to_the_foundation_by_two(town: Town) -> None:
    office = await on(town, "colleague")
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    answers = await asyncio.gather(*(owner.post(COLLEAGUES, NEW) for _ in range(4)))
    [held] = {id_in(answer.headers["location"]) for answer in answers}
    assert (await invitations(town), await office.state(held)) == (0, "waiting")
    page = sentence(await staff.get(f"/console/approvals/{held}"))
    for words in ("김새봄 님을 재단 직원으로 초대합니다", "4242", await office.name("owner")):
        assert words in page, words
    assert f"/console/approvals/{held}" in (await staff.get("/console/work")).text
    # Not by whoever asked.
    assert (await confirm(owner, held)).status_code == HTTPStatus.FORBIDDEN
    assert await invitations(town) == 0
    await asyncio.gather(*(confirm(staff, held) for _ in range(4)))
    assert (await invitations(town), await office.state(held)) == (1, "done")
    row = await town.site.admin.fetchrow("select role, invited_by from core.invitation where tenant_id = $1", town.foundation.id)
    assert row
    assert (row["role"], row["invited_by"]) == ("staff", town.foundation.people["owner"])
    assert "/join/" in await town.message_sent()
    made = [(role, values) for key, role, values in await office.entries() if key == "identity.audit.invited.staff"]
    assert [(role, values["approved_by"]) for role, values in made] == [("owner", str(town.foundation.people["staff"]))]


async def test_an_officer_is_invited_by_one_and_what_is_wrong_is_said_at_once(town: Town) -> None:
    await on(town, "colleague")
    owner = await town.signed_in("owner")
    officer = {**NEW, "role": "officer", "market": str(town.foundation.market)}
    assert (await owner.post(COLLEAGUES, officer)).headers["location"] == f"{COLLEAGUES}?done=invited"
    answer = await owner.post(COLLEAGUES, {**NEW, "phone": "12"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="김새봄"' in answer.text
    waiting = await town.site.admin.fetchval("select count(*) from core.approval where tenant_id = $1", town.foundation.id)
    assert (await invitations(town), waiting) == (1, 0)


async def test_staff_asks_for_nothing_that_is_the_owners(town: Town) -> None:
    await on(town, "colleague")
    staff = await town.signed_in("staff")
    assert (await staff.post(COLLEAGUES, NEW)).status_code == HTTPStatus.FORBIDDEN
    assert (await staff.post(f"{COLLEAGUES}/{await colleague(town, 'owner')}/end")).status_code == HTTPStatus.FORBIDDEN
    assert await town.site.admin.fetchval("select count(*) from core.approval where tenant_id = $1", town.foundation.id) == 0


async def test_whoever_may_give_roles_no_more_has_given_none(town: Town) -> None:
    """Both hold the right to the page, and only the asker the right to give the role."""
    office = await on(town, "colleague")
    held = id_in((await (await town.signed_in("owner")).post(COLLEAGUES, NEW)).headers["location"])
    await town.site.admin.execute(
        "update core.approval set asked_as = 'staff', asked_by = $2 where id = $1::text::uuid", held, town.foundation.people["officer"]
    )
    await town.site.admin.execute(
        "insert into core.membership (tenant_id, id, person_id, role) values ($1, gen_random_uuid(), $2, 'staff')",
        *(town.foundation.id, town.foundation.people["officer"]),
    )
    await confirm(await town.signed_in("staff", process=1), held)
    assert (await office.state(held), await invitations(town)) == ("failed", 0)


async def test_a_role_is_taken_by_two_and_ones_own_by_oneself(site: Site) -> None:
    town = await new_town(site)
    await site.admin.execute(
        "insert into core.membership (tenant_id, id, person_id, role) values ($1, gen_random_uuid(), $2, 'staff')",
        *(town.foundation.id, town.foundation.people["officer"]),
    )
    office = await on(town, "colleague")
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    target = await colleague(town, "officer")
    answer = await owner.post(f"{COLLEAGUES}/{target}/end")
    held = id_in(answer.headers["location"])
    ended = "select ended_at is not null from core.membership where id = $1::text::uuid"
    assert not await site.admin.fetchval(ended, target)
    assert "자격을 거둡니다" in sentence(await staff.get(f"/console/approvals/{held}"))
    await confirm(staff, held)
    assert (await office.state(held), await site.admin.fetchval(ended, target)) == ("done", True)
    # Whoever leaves needs nobody's word.
    own = await colleague(town, "staff")
    assert (await staff.post(f"{COLLEAGUES}/{own}/end", {"sure": "true"})).status_code == HTTPStatus.FORBIDDEN
    await site.admin.execute("update core.membership set role = 'owner' where id = $1::text::uuid", own)
    leaving = await town.signed_in("staff", process=1)
    assert (await leaving.post(f"{COLLEAGUES}/{own}/end", {"sure": "true"})).headers["location"] == "/"
    assert await site.admin.fetchval(ended, own)


@pytest.mark.parametrize("field", ["name", "phone", "sender"])
async def test_the_foundation_is_called_otherwise_by_two(town: Town, field: str) -> None:
    office = await on(town, "known_by")
    before = await known_by(town)
    staff, owner = await town.signed_in("staff"), await town.signed_in("owner", process=1)
    written = {"name": "새봄 상권활성화재단", "phone": "031-555-0199", "sender": "새봄재단"}[field]
    form = await look(staff, **{field: written})
    answers = await asyncio.gather(*(staff.post(FOUNDATION, form) for _ in range(3)))
    [held] = {id_in(answer.headers["location"]) for answer in answers}
    assert await known_by(town) == before
    assert f"→ {written}" in sentence(await owner.get(f"/console/approvals/{held}"))
    assert (await confirm(staff, held)).status_code == HTTPStatus.FORBIDDEN
    assert await known_by(town) == before
    await confirm(owner, held)
    assert (await office.state(held), written in await known_by(town)) == ("done", True)
    kept = [(role, values["approved_by"]) for key, role, values in await office.entries() if key == "tenancy.audit.look"]
    assert kept == [("staff", str(town.foundation.people["owner"]))]


async def test_a_seal_needs_one_and_what_is_no_number_is_refused_at_once(town: Town) -> None:
    await on(town, "known_by")
    staff = await town.signed_in("staff")
    assert (await staff.post(FOUNDATION, await look(staff, seal="봄"))).headers["location"] == f"{FOUNDATION}?changed"
    answer = await staff.post(FOUNDATION, await look(staff, phone="12"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="12"' in answer.text
    assert await town.site.admin.fetchval("select count(*) from core.approval where tenant_id = $1", town.foundation.id) == 0


async def test_changed_by_somebody_meanwhile_it_is_not_changed_back(town: Town) -> None:
    office = await on(town, "known_by")
    staff, owner = await town.signed_in("staff"), await town.signed_in("owner", process=1)
    first = id_in((await staff.post(FOUNDATION, await look(staff, phone="031-555-0199"))).headers["location"])
    second = id_in((await owner.post(FOUNDATION, await look(owner, name="새 이름 재단"))).headers["location"])
    await confirm(owner, first)
    await confirm(staff, second)
    # The second was asked for with the old number beside the new name.
    assert (await office.state(first), await office.state(second)) == ("done", "failed")
    assert (await known_by(town))[1] == "031-555-0199"


async def test_without_the_switch_one_is_enough(town: Town) -> None:
    owner = await town.signed_in("owner")
    assert (await owner.post(COLLEAGUES, NEW)).headers["location"] == f"{COLLEAGUES}?done=invited"
    assert (await owner.post(FOUNDATION, await look(owner, phone="031-555-0199"))).headers["location"] == f"{FOUNDATION}?changed"
    assert (await owner.post(f"{COLLEAGUES}/{await colleague(town, 'staff')}/end")).headers["location"] == f"{COLLEAGUES}?done=ended"
