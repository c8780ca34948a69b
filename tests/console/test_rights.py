"""Which role may do what, as a foundation says it: changed by a tap, undone, on record, and never so that nobody could change it back."""

import asyncio
import json
import re
from collections.abc import Mapping
from html import unescape
from http import HTTPStatus

import pytest

from smilero_core.identity.access import CHANGEABLE, CORE_PERMISSIONS, PEOPLE_MANAGE, RIGHTS_MANAGE, Access
from smilero_core.identity.standing import Standing
from smilero_sdk.roles import Permission, Role
from tests.console.conftest import ON
from tests.support.application import Site
from tests.support.faces import Guest, Town, sentence

PAGE = "/console/rights"
_ROW = re.compile(r'aria-checked="(true|false)" aria-label="([^"]*)" name="change" value="(\w+) ([+-])([\w.]+)"')


def switches(page: str) -> Mapping[tuple[str, str], bool]:
    """What can be tapped, and whether it is on."""
    found = {(role, permission): on == "true" for on, _, role, _, permission in _ROW.findall(unescape(page))}
    assert all((sign == "-") == (on == "true") for on, _, _, sign, _ in _ROW.findall(unescape(page)))
    return found


async def tap(guest: Guest, change: str) -> str:
    """Where a tap leads."""
    answer = await guest.post(PAGE, {"change": change})
    assert answer.status_code == HTTPStatus.SEE_OTHER, sentence(answer)
    return answer.headers["location"]


async def entries(town: Town) -> list[tuple[str, Mapping[str, object], Mapping[str, object]]]:
    rows = await town.site.admin.fetch(
        "select sentence, before, after from core.audit_entry where tenant_id = $1 and sentence like 'identity.audit.right%' order by id",
        town.foundation.id,
    )
    return [(row["sentence"].rpartition(".")[2], json.loads(row["before"]), json.loads(row["after"])) for row in rows]


async def test_the_table_has_every_right_of_the_core_and_of_each_plugin_that_is_on(town: Town) -> None:
    page = (await (await town.signed_in("owner")).get(PAGE)).text
    shown = switches(page)
    permissions = {permission for _, permission in shown}
    assert {one.name for one in CORE_PERMISSIONS} - {RIGHTS_MANAGE} == {one for one in permissions if one.partition(".")[0] not in ON}
    assert {"coupons.redeem", "coupons.manage", "lantern.look"} <= permissions
    assert not any(one.startswith("example.") for one in permissions)
    assert {Role(role) for role, _ in shown} == set(CHANGEABLE)
    assert shown["staff", "coupons.redeem"]
    assert not shown["staff", "plugins.manage"]
    assert ("owner", PEOPLE_MANAGE) not in shown
    assert ("clerk", "coupons.manage") not in shown
    assert "쿠폰" in page
    assert "늘 할 수 있음" in page


async def test_a_right_is_taken_and_given_back_by_a_tap_on_every_process_at_once(town: Town) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    assert (await staff.get("/console/audit")).status_code == HTTPStatus.OK
    where = await tap(owner, "staff -audit.read")
    assert (await staff.get("/console/audit")).status_code == HTTPStatus.FORBIDDEN
    assert 'href="/console/audit"' not in (await staff.get("/console/shops")).text
    page = await owner.get(where)
    said = re.compile("재단 직원은 .누가 무엇을 바꾸었는지 기록 보기. 일을 할 수 없습니다")
    assert said.search(sentence(page))
    assert not switches(page.text)["staff", "audit.read"]
    undo = re.findall(r'<button class="button secondary" name="change" value="([^"]+)">', page.text)
    assert undo == ["staff +audit.read"]
    await tap(owner, undo[0])
    assert (await staff.get("/console/audit")).status_code == HTTPStatus.OK
    # What is declared anyway is not kept.
    assert await town.site.admin.fetchval("select count(*) from core.permission_choice where tenant_id = $1", town.foundation.id) == 0
    about = {"role": "staff", "permission": "audit.read"}
    on, off = {**about, "allowed": True}, {**about, "allowed": False}
    assert await entries(town) == [("right_taken", on, off), ("right_given", off, on)]
    log = (await owner.get("/console/audit")).text
    assert re.search("재단 직원이 .누가 무엇을 바꾸었는지 기록 보기. 일을 할 수 없게 했습니다", log)


async def test_a_role_is_given_a_right_that_it_is_not_declared_to_have(town: Town) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    assert (await staff.get("/console/plugins/lantern/enable")).status_code == HTTPStatus.FORBIDDEN
    await tap(owner, "staff +plugins.manage")
    assert (await staff.get("/console/plugins/lantern/enable")).status_code != HTTPStatus.FORBIDDEN
    # Another foundation has its own say.
    other = Town(town.site, town.site.seongnam)
    assert (await (await other.signed_in("staff")).get("/console/plugins/coupons/enable")).status_code == HTTPStatus.FORBIDDEN


async def test_the_same_tap_twice_and_of_two_owners_at_once_is_one_change(town: Town) -> None:
    one, two = await town.signed_in("owner"), await town.signed_in("owner", process=1)
    answers = await asyncio.gather(*(tap(guest, "merchant -coupons.manage") for guest in (one, two, one, two)))
    assert sorted(where.partition("?")[2][:4] for where in answers) == ["done", "same", "same", "same"]
    assert len(await entries(town)) == 1
    same = next(where for where in answers if "same=" in where)
    assert "이미 그렇게 되어 있습니다" in sentence(await two.get(same))


async def test_two_owners_at_once_undo_nothing_of_each_others(town: Town) -> None:
    one, two = await town.signed_in("owner"), await town.signed_in("owner", process=1)
    taps = ["staff -audit.read", "clerk -coupons.redeem", "merchant -coupons.manage", "officer +measures.read"]
    await asyncio.gather(*(tap(guest, change) for guest, change in zip((one, two, one, two), taps, strict=True)))
    shown = switches((await one.get(PAGE)).text)
    for change in taps:
        role, _, said = change.partition(" ")
        assert shown[role, said[1:]] is (said[0] == "+"), change


NOT_OURS = (
    "owner -people.manage",
    "owner -rights.manage",
    "staff +rights.manage",
    "customer +coupons.manage",
    "customer -coupons.claim",
    "operator +coupons.manage",
    "clerk +coupons.manage",
    "merchant +people.manage",
    "staff +nowhere.none",
    "nobody +coupons.manage",
    "staff coupons.manage",
    "",
)


@pytest.mark.parametrize("change", NOT_OURS)
async def test_what_is_not_the_foundations_to_say_is_refused(town: Town, change: str) -> None:
    owner = await town.signed_in("owner")
    answer = await owner.post(PAGE, {"change": change})
    assert (answer.status_code, await entries(town)) == (HTTPStatus.UNPROCESSABLE_ENTITY, [])
    assert "바꿀 수 없습니다" in sentence(answer)
    assert "done=" in await tap(owner, "owner -audit.read")


async def test_what_was_written_past_the_page_locks_nobody_out(town: Town) -> None:
    owner = await town.signed_in("owner")
    for role, permission, allowed in (("owner", RIGHTS_MANAGE, False), ("owner", PEOPLE_MANAGE, False), ("staff", RIGHTS_MANAGE, True)):
        await town.site.admin.execute(
            "insert into core.permission_choice (tenant_id, id, role, permission, allowed) values ($1, gen_random_uuid(), $2, $3, $4)",
            town.foundation.id,
            role,
            permission,
            allowed,
        )
    for path in (PAGE, "/console/colleagues"):
        assert (await owner.get(path)).status_code == HTTPStatus.OK
    assert (await (await town.signed_in("staff")).get(PAGE)).status_code == HTTPStatus.FORBIDDEN


async def test_all_is_put_back_to_what_is_declared(town: Town) -> None:
    owner = await town.signed_in("owner")
    declared = switches((await owner.get(PAGE)).text)
    assert f'href="{PAGE}/reset"' not in (await owner.get(PAGE)).text
    await tap(owner, "staff -audit.read")
    await tap(owner, "officer +measures.read")
    assert f'href="{PAGE}/reset"' in (await owner.get(PAGE)).text
    asked = sentence(await owner.get(f"{PAGE}/reset"))
    assert "다르게 정한 2개" in asked
    assert re.search("상인회 임원이 .숫자로 보는 성과 보기. 일을 할 수 있습니다", asked)
    assert (await owner.post(f"{PAGE}/reset")).headers["location"] == f"{PAGE}?reset"
    assert (await owner.post(f"{PAGE}/reset")).status_code == HTTPStatus.SEE_OTHER
    page = await owner.get(f"{PAGE}?reset")
    assert switches(page.text) == declared
    assert "모든 권한을 처음대로 되돌렸습니다" in sentence(page)
    before = {"staff": {"audit.read": False}, "officer": {"measures.read": True}}
    assert (await entries(town))[2:] == [("rights_reset", before, {})]


async def test_of_a_plugin_that_is_off_it_is_kept_and_has_no_effect(town: Town) -> None:
    owner, clerk = await town.signed_in("owner"), await town.signed_in("clerk")
    await tap(owner, "clerk -lantern.look")
    assert (await clerk.get("/portal/lantern/lamps")).status_code == HTTPStatus.FORBIDDEN
    for enabled, status in (("false", HTTPStatus.NOT_FOUND), ("true", HTTPStatus.FORBIDDEN)):
        switched = await owner.post("/console/plugins/lantern", {"enabled": enabled, "agreed": "true"}, key=f"lantern {enabled}")
        assert switched.status_code == HTTPStatus.SEE_OTHER
        assert (("clerk", "lantern.look") in switches((await owner.get(PAGE)).text)) is (enabled == "true")
        assert (await clerk.get("/portal/lantern/lamps")).status_code == status


@pytest.mark.parametrize("who", ["staff", "officer", "merchant", "clerk", "customer", None])
async def test_it_is_the_owners_alone(town: Town, who: str | None) -> None:
    guest = await town.signed_in(who) if who else town.guest()
    status = HTTPStatus.FORBIDDEN if who else HTTPStatus.SEE_OTHER
    answers = [await guest.get(PAGE), await guest.get(f"{PAGE}/reset"), await guest.post(f"{PAGE}/reset")]
    answers.append(await guest.post(PAGE, {"change": "staff -audit.read"}))
    assert {answer.status_code for answer in answers} == {status}
    assert await entries(town) == []
    assert "done=" in await tap(await town.signed_in("owner"), "staff -audit.read")


async def test_another_foundations_say_is_never_read(town: Town, site: Site) -> None:
    """Its rows lie in the same table: the reader of roles is bound to its own tenant."""
    staff, there = await town.signed_in("staff"), Town(site, site.bucheon)
    await site.admin.execute(
        """insert into core.permission_choice (tenant_id, id, role, permission, allowed)
           values ($1, gen_random_uuid(), 'staff', 'audit.read', false)""",
        site.bucheon.id,
    )
    try:
        assert (await staff.get("/console/audit")).status_code == HTTPStatus.OK
        assert (await (await there.signed_in("staff")).get("/console/audit")).status_code == HTTPStatus.FORBIDDEN
    finally:
        await site.admin.execute("delete from core.permission_choice where tenant_id = $1", site.bucheon.id)


MEND = Permission("till.mend", frozenset({Role.MERCHANT}))
LOOK = Permission("till.look", frozenset({Role.CLERK, Role.CUSTOMER}))
ACCESS = Access([MEND, LOOK])


def test_what_can_be_given_to_whom() -> None:
    may = {(role, one.name) for role in Role for one in (MEND, LOOK) if ACCESS.may_be_changed(one.name, role)}
    assert may == {
        *((role, "till.mend") for role in (Role.OWNER, Role.STAFF, Role.OFFICER, Role.MERCHANT)),
        *((role, "till.look") for role in CHANGEABLE),
    }


def test_a_bound_lets_nothing_through_that_was_taken_away() -> None:
    staff = Standing(Role.STAFF, otherwise=("-audit.read", "+till.mend", "+gone.forever"))
    assert {"till.mend", "measures.read"} <= (all_of_it := ACCESS.equip(staff).permissions)
    assert not {"audit.read", "gone.forever"} & all_of_it
    assert ACCESS.equip(staff, frozenset({"audit.read", "till.mend"})).permissions == {"till.mend"}


def test_what_is_said_of_the_person_counts_more_than_of_the_role() -> None:
    assert "audit.read" in ACCESS.rights(Role.STAFF, ["-audit.read", "+audit.read"])
    assert "audit.read" not in ACCESS.rights(Role.STAFF, ["+audit.read", "-audit.read"])
