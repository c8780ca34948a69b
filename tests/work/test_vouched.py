"""A job that stands on somebody's word: a role taken away and a foundation suspended are felt by what is queued already."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from smilero_core.identity.helpers import Helpers, Leave
from smilero_core.identity.helping import Helping, helping_that_stands
from smilero_core.identity.people import NewPerson, People
from smilero_core.plugins.context import Context
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.jobs import Jobs
from smilero_sdk.roles import Lent, Role
from tests.conftest import LookedAt
from tests.support.workers import Yard
from tests.toll.smilero_toll.plugin import TRUST, Number

pytestmark = pytest.mark.suite("B4")

# What takes somebody's word away while his job waits: by what, in SQL with the foundation ($1) and the person ($2).
_SAY = "insert into core.permission_choice (tenant_id, id, role, person_id, permission, allowed) values ($1, gen_random_uuid(), 'staff', "
TAKEN: Mapping[str, str] = {
    "the role": "update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2",
    "a right of the role": f"{_SAY} null, '{TRUST}', $2::uuid is null)",
    "a right of the person": f"{_SAY} $2, '{TRUST}', false)",
    "the foundation": "update core.tenant set status = 'suspended' where id = $1 and $2::uuid is not null",
    "the plugin": "update core.plugin_activation set enabled = false where tenant_id = $1 and $2::uuid is not null",
}


async def hired(yard: Yard, tenant: Tenant, role: Role = Role.STAFF) -> Actor:
    """Somebody new in a role."""
    async with yard.speaking(tenant) as context:
        (person,) = await People(context.host, tenant.id, yard.vault).ensure([NewPerson("010-7777-0001", "지기", ((role, None),))])
    return Actor(role, person)


async def asks(yard: Yard, tenant: Tenant, actor: Actor | None, number: int, name: str = "vouched") -> None:
    async with yard.speaking(tenant) as context:
        speaking = Context(tenant, "ko", context.unit, yard.services, context.plugins, plugin="toll", caller=actor)
        await speaking.jobs.later(name, Number(number=number))


async def dismiss(yard: Yard, person: UUID | None) -> None:
    await yard.admin.execute("update core.membership set ended_at = now() where person_id = $1", person)


async def test_it_is_done_in_the_name_of_whoever_asked(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await asks(yard, tenant, await hired(yard, tenant), 1)
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["vouched by staff 1"]


async def test_a_role_taken_away_puts_the_queued_job_aside(yard: Yard) -> None:
    tenant, _ = yard.tenants
    actor = await hired(yard, tenant)
    await asks(yard, tenant, actor, 1)
    await yard.later(tenant, "note", 2)
    await dismiss(yard, actor.person_id)
    await yard.work_off(tenant)
    # What is the foundation's own work goes on.
    assert await yard.effects(tenant) == ["note 2"]
    assert await yard.jobs(tenant) == [("vouched", "dead", 1)]
    assert "RoleGoneError" in str(await yard.admin.fetchval("select last_error from core.job where tenant_id = $1", tenant.id))


async def test_another_role_of_the_same_person_does_not_do(yard: Yard) -> None:
    tenant, _ = yard.tenants
    actor = await hired(yard, tenant)
    await asks(yard, tenant, actor, 1)
    await dismiss(yard, actor.person_id)
    await hired(yard, tenant, Role.CUSTOMER)
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == []


async def test_nobodys_word_is_none(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await asks(yard, tenant, None, 1)
    await yard.work_off(tenant)
    assert (await yard.effects(tenant), await yard.jobs(tenant)) == ([], [("vouched", "dead", 1)])


@pytest.mark.parametrize("suspended", [True, False])
async def test_a_suspended_foundation_has_nothing_done_although_its_turn_has_begun(yard: Yard, *, suspended: bool) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "note", 1)
    if suspended:
        await yard.admin.execute("update core.tenant set status = 'suspended' where id = $1", tenant.id)
    assert await yard.bench.do_one(tenant, "toll") is not suspended
    assert await yard.effects(tenant) == ([] if suspended else ["note 1"])


def test_what_takes_a_word_away_is_told(looked_at: LookedAt) -> None:
    looked_at("ways to lose one's word while a job waits", list(TAKEN))
    assert len(TAKEN) >= 5  # it only grows


@pytest.mark.parametrize("what", TAKEN)
async def test_a_job_that_waits_is_not_done_when_the_word_is_gone(yard: Yard, what: str) -> None:
    tenant, other = yard.tenants
    for one in (tenant, other):
        actor = await hired(yard, one)
        await asks(yard, one, actor, 1, "trusted")
        await yard.work_off(one)
        assert await yard.effects(one) == ["trusted 1"]
        await asks(yard, one, actor, 2, "trusted")
        if one is tenant:
            await yard.admin.execute(TAKEN[what], one.id, actor.person_id)
    for one in (tenant, other):
        await yard.work_off(one)
    # The twin at the other foundation, of whom nothing was taken, is done.
    assert (await yard.effects(tenant), await yard.effects(other)) == (["trusted 1"], ["trusted 1", "trusted 2"])
    [(name, state, _)] = await yard.jobs(tenant)
    # What can come again with everything else waits; a word that is gone is for people to decide about.
    assert (name, state) == ("trusted", "queued" if what in {"the plugin", "the foundation"} else "dead")


async def test_a_right_that_was_given_is_enough(yard: Yard) -> None:
    tenant, _ = yard.tenants
    officer = await hired(yard, tenant, Role.OFFICER)
    for number, allowed in ((1, None), (2, True)):
        if allowed:
            await yard.admin.execute(_SAY.replace("staff", "officer") + "null, $2, true)", tenant.id, TRUST)
        await asks(yard, tenant, officer, number, "trusted")
        await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["trusted 2"]


def test_a_job_that_asks_for_a_right_stands_on_somebodys_word() -> None:
    with pytest.raises(ValueError, match="nobody's word"):
        Jobs().job("lonely", permission=TRUST)


@pytest.mark.parametrize("over", [None, "ended", "late", "not hers any more", "another's"])
async def test_a_helpers_word_stands_as_long_as_the_leave(yard: Yard, over: str | None) -> None:
    tenant, _ = yard.tenants
    helping = await lent(yard, tenant)
    helper = await yard.admin.fetchval("select person_id from core.helper where id = $1", helping.id)
    await asks(yard, tenant, helping.actor(helper), 1)
    sql = {
        "ended": "update core.helper set ended_at = now() where id = $1",
        "late": "update core.helper set until = now() where id = $1",
        "not hers any more": "update core.membership set ended_at = now() where role = 'merchant' and $1::uuid is not null",
        "another's": "update core.helper set person_id = null where id = $1",
    }
    if over:
        await yard.admin.execute(sql[over], helping.id)
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ([] if over else ["vouched by merchant 1"])
    assert await yard.jobs(tenant) == ([("vouched", "dead", 1)] if over else [])


async def lent(yard: Yard, tenant: Tenant) -> Helping:
    """A merchant's leave that somebody new has taken."""
    shop = await yard.admin.fetchval("select id from core.shop where tenant_id = $1 limit 1", tenant.id)
    async with yard.speaking(tenant) as context:
        people = People(context.host, tenant.id, yard.vault)
        new = [NewPerson("010-7777-0002", "사장", ((Role.MERCHANT, shop),)), NewPerson("010-7777-0003", "딸")]
        merchant, _ = await people.ensure(new)
        helpers = Helpers(context.host, tenant.id, yard.vault)
        leave = Leave(merchant, shop, Lent.WORK, datetime.now(UTC) + timedelta(days=1))
        made = await helpers.ask(leave, "010-7777-0003", "daughter")
        assert made
        offer = await helpers.offer(made[1])
        assert offer
        helper = await helpers.take(offer, "", "ko")
        assert helper
        found = await helping_that_stands(context.host, offer.id, helper)
    assert found
    return found
