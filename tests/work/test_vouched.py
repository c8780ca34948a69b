"""A job that stands on somebody's word: a role taken away and a foundation suspended are felt by what is queued already."""

from uuid import UUID

import pytest

from smilero_core.identity.people import NewPerson, People
from smilero_core.plugins.context import Context
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.roles import Role
from tests.support.workers import Yard
from tests.toll.smilero_toll.plugin import Number


async def hired(yard: Yard, tenant: Tenant, role: Role = Role.STAFF) -> Actor:
    """Somebody new in a role."""
    async with yard.speaking(tenant) as context:
        (person,) = await People(context.host, tenant.id, yard.vault).ensure([NewPerson("010-7777-0001", "지기", ((role, None),))])
    return Actor(role, person)


async def asks(yard: Yard, tenant: Tenant, actor: Actor | None, number: int) -> None:
    async with yard.speaking(tenant) as context:
        speaking = Context(tenant, "ko", context.unit, yard.services, context.plugins, plugin="toll", caller=actor)
        await speaking.jobs.later("vouched", Number(number=number))


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
