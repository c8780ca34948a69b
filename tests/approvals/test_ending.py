"""What ends by itself, what is forgotten with a person, and what nobody can write into the log."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from smilero_core.audit.log import APPROVED_BY, AuditLog
from smilero_core.db.session import Session
from smilero_core.identity.personal import PersonalData
from smilero_core.plugins.approval_rows import LIFETIME
from smilero_sdk.context import Actor
from smilero_sdk.roles import Role
from tests.support.application import Site
from tests.support.approvals import two
from tests.support.faces import Town, sentence


async def aged(town: Town, held: str) -> None:
    await town.site.admin.execute(
        "update core.approval set asked_at = now() - $2::interval, expires_at = now() where id = $1::text::uuid", held, LIFETIME
    )


async def test_after_seven_days_it_is_over_and_is_shown_to_nobody_as_waiting(town: Town) -> None:
    office = await two(town)
    held, staff = await office.asked(), await town.signed_in("staff")
    assert f"/console/approvals/{held}" in (await staff.get("/console/work")).text
    await aged(town, held)
    assert f"/console/approvals/{held}" not in (await staff.get("/console/work")).text
    await staff.post(f"/console/approvals/{held}/refuse", {"why": "x"})
    assert await office.state(held) == "expired"
    assert "이레 동안 아무도 확인하지 않아" in sentence(await (await town.signed_in("merchant")).get(f"/portal/approvals/{held}"))


async def test_the_database_lets_nobody_confirm_his_own_and_nothing_wait_longer(town: Town) -> None:
    office = await two(town)
    held = await office.asked()
    wrong = (
        "state = 'done', decided_at = now(), decided_by = asked_by",
        "state = 'done', decided_at = now(), decided_by = null",
        "state = 'done', decided_by = null, decided_at = null",
        "expires_at = asked_at + interval '8 days'",
        "state = 'other', decided_at = now()",
    )
    for change in wrong:
        with pytest.raises(Exception, match="check constraint"):
            await town.site.admin.execute(f"update core.approval set {change} where id = $1::text::uuid", held)  # noqa: S608 - of this test
    assert await office.state(held) == "waiting"


async def test_with_the_asker_everything_goes_that_was_written(site: Site, town: Town) -> None:
    office = await two(town)
    held, other = await office.asked(), await office.asked(who="other merchant")
    merchant = await town.signed_in("merchant")
    await merchant.post(f"/portal/approvals/{held}/why", {"why": "설 대목이라서"})
    assert (await office.row(held))["why"] == "설 대목이라서"
    async with site.database.unit(town.foundation.id) as unit:
        data = PersonalData(Session(unit), town.foundation.id, town.vault)
        [section] = [one for one in await data.sections(town.foundation.people["merchant"]) if one.title == "person.approvals"]
        assert [(row["approval"], row["text"]) for row in section.rows] == [("coupons.large", "설 대목이라서")]
        await data.erase(town.foundation.people["merchant"])
    row = await office.row(held)
    assert (row["state"], row["body_sealed"], row["body_hash"], row["why"]) == ("void", b"", b"", "")
    assert await office.state(other) == "waiting"
    staff = await town.signed_in("staff")
    await staff.post(f"/console/approvals/{held}/approve", {}, key=str(uuid4()))
    assert "큰 금액의 쿠폰 만들기" in sentence(await staff.get(f"/console/approvals/{held}"))
    assert await office.campaigns() == 0


async def test_nobody_writes_a_second_person_into_the_log_who_was_none(site: Site, town: Town) -> None:
    staff, owner = town.foundation.people["staff"], town.foundation.people["owner"]
    for approver in (None, owner):
        async with site.database.unit(town.foundation.id) as unit:
            log = AuditLog(Session(unit), Actor(Role.STAFF, staff, approved_by=approver), "coupons", datetime.now(UTC))
            await log.record("coupons.audit.undone", shop="x", approved_by="forged")
    rows = await site.admin.fetch(
        "select params from core.audit_entry where tenant_id = $1 and sentence = 'coupons.audit.undone' order by at, id", town.foundation.id
    )
    assert [json.loads(row["params"]).get(APPROVED_BY) for row in rows] == [None, str(owner)]
