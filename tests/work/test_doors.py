"""The doors of jobs, schedules and deliveries: shut when the plugin is off, rests, is not listed, or its foundation is suspended."""

from dataclasses import replace

import pytest

from smilero_core.platform.clock import Alarm, Clock
from smilero_core.platform.relay import Relay
from smilero_core.plugins.context import CORE
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.work import Workbench, listeners, schedules
from smilero_sdk.context import Tenant
from tests.support.workers import Yard
from tests.toll.smilero_toll.plugin import plugin

SHUT = {
    "off": "update core.plugin_activation set enabled = false where tenant_id = $1",
    "resting": "update core.plugin_activation set rests_until = now() + interval '1 hour' where tenant_id = $1",
}
OPENED = "update core.plugin_activation set enabled = true, rests_until = null where tenant_id = $1"


async def all_schedules_due(yard: Yard) -> None:
    await yard.admin.execute("update core.schedule set next_at = now() - interval '3 days'")


@pytest.mark.parametrize("how", SHUT)
async def test_a_job_stays_queued_while_shut_and_is_done_after(yard: Yard, how: str) -> None:
    tenant, other = yard.tenants
    for one in yard.tenants:
        await yard.later(one, "note", 1)
    await yard.admin.execute(SHUT[how], tenant.id)
    for one in yard.tenants:
        await yard.work_off(one)
    assert not await yard.bench.do_one(tenant, "toll")
    assert (await yard.effects(tenant), await yard.effects(other)) == ([], ["note 1"])
    assert await yard.jobs(tenant) == [("note", "queued", 0)]
    await yard.admin.execute(OPENED, tenant.id)
    assert await yard.bench.do_one(tenant, "toll")
    assert await yard.effects(tenant) == ["note 1"]


async def test_off_holds_for_a_worker_that_has_just_asked(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "note", 1)
    assert "toll" in (await yard.gate.of(tenant.id)).open
    await yard.admin.execute(SHUT["off"], tenant.id)
    assert "toll" in (await yard.gate.of(tenant.id)).open  # from memory, for two seconds
    await yard.bench.take_turn(tenant)
    assert await yard.effects(tenant) == []


async def test_an_event_is_not_delivered_while_off_and_a_delivery_that_waits_is_not_done(yard: Yard) -> None:
    tenant, other = yard.tenants
    await yard.passes(tenant, 1)
    await yard.relay.hand_over(tenant.id)
    await yard.admin.execute(SHUT["off"], tenant.id)
    for one in yard.tenants:
        await yard.passes(one, 2)
        await yard.work_off(one)
    assert (await yard.effects(tenant), await yard.effects(other)) == ([], ["count 2"])
    assert await yard.jobs(tenant) == [("count", "queued", 0)]
    await yard.admin.execute(OPENED, tenant.id)
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["count 1"]


async def test_a_schedule_that_comes_due_while_off_only_goes_on(yard: Yard) -> None:
    tenant, other = yard.tenants
    assert await yard.clock.wind() == 6
    await all_schedules_due(yard)
    await yard.admin.execute(SHUT["off"], tenant.id)
    assert await yard.clock.strike() == {other.id}
    assert await yard.admin.fetchval("select bool_and(next_at > now()) from core.schedule")
    assert await yard.jobs(tenant) == []
    await yard.admin.execute(OPENED, tenant.id)
    assert await yard.clock.strike() == set()
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == []
    await yard.work_off(other)
    assert sorted(await yard.effects(other)) == ["half_hourly 0", "monthly 0", "nightly 0"]


async def test_no_schedule_is_made_for_a_plugin_that_is_off(yard: Yard) -> None:
    tenant, other = yard.tenants
    await yard.admin.execute(SHUT["off"], tenant.id)
    assert await yard.clock.wind() == 3
    assert [row["tenant_id"] for row in await yard.admin.fetch("select distinct tenant_id from core.schedule")] == [other.id]


async def suspend(yard: Yard, tenant: Tenant, status: str = "suspended") -> None:
    await yard.admin.execute("update core.tenant set status = $2 where id = $1", tenant.id, status)


async def test_a_suspended_foundation_has_nothing_done_until_it_is_back(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.clock.wind()
    await yard.later(tenant, "note", 1)
    await yard.passes(tenant, 1)
    await yard.admin.execute("update core.schedule set next_at = now() where tenant_id = $1", tenant.id)
    assert await yard.relay.waiting() == [tenant.id]
    await suspend(yard, tenant)
    assert await yard.relay.waiting() == []
    assert await yard.clock.strike() == set()
    await suspend(yard, tenant, "active")
    assert await yard.relay.waiting() == [tenant.id]
    assert await yard.clock.strike() == {tenant.id}


async def test_what_the_operator_does_not_list_has_no_door_at_all(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "note", 1)
    await yard.passes(tenant, 1)
    host = PluginHost([plugin], [])
    gate = PluginGate(yard.database, host.listed)
    relay = Relay(yard.database, listeners(host), host.listed, CORE)
    bench = Workbench(yard.database, replace(yard.services, host=host, gate=gate), {}, lambda tenant: tenant.slug)
    clock = Clock(yard.database, {Alarm(*names): one for names, one in schedules(host).items()})
    assert await clock.wind() == 0
    assert await relay.hand_over(tenant.id) == 1
    assert await relay.waiting() == []
    assert not await bench.do_one(tenant, "toll")
    assert await yard.jobs(tenant) == [("note", "queued", 0)]
    assert await yard.relay.waiting() == [tenant.id]


async def test_a_handler_sees_its_own_tenant_and_its_own_tables(yard: Yard) -> None:
    tenant, other = yard.tenants
    for number in (1, 2, 3):
        await yard.later(other, "note", number)
    await yard.work_off(other)
    await yard.later(tenant, "look")
    await yard.later(tenant, "steal")
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["look 0"]
    assert await yard.jobs(tenant) == [("steal", "dead", 1)]
    assert (await yard.admin.fetchval("select last_error from core.job")).startswith("InsufficientPrivilegeError")
