"""Events: handed over once, delivered to who is on, told again on request, and one tenant's flood in nobody's way."""

import asyncio
from datetime import UTC, datetime, timedelta

from smilero_core.events.replay import replay
from smilero_core.platform.relay import BATCH
from smilero_core.plugins.work import listeners
from smilero_sdk.context import Tenant
from tests.support.workers import Yard
from tests.toll.smilero_toll.plugin import Turned

LONG_AGO = timedelta(days=40)


async def told_again(yard: Yard, tenant: Tenant, ago: timedelta, *, rebuild: bool = False) -> int:
    async with yard.speaking(tenant) as context:
        return await replay(context.host, listeners(yard.host), datetime.now(UTC) - ago, rebuild=rebuild)


async def logged(yard: Yard, tenant: Tenant) -> int:
    return int(await yard.admin.fetchval("select count(*) from core.event_log where tenant_id = $1", tenant.id))


async def test_an_event_goes_to_the_log_and_to_who_listens_and_to_no_other_tenant(yard: Yard) -> None:
    tenant, other = yard.tenants
    await yard.passes(tenant, 1, 2)
    assert await yard.relay.hand_over(other.id) == 0
    assert await yard.relay.hand_over(tenant.id) == 2
    assert await yard.relay.hand_over(tenant.id) == 0
    assert await yard.jobs(tenant) == [("count", "queued", 0)] * 2
    await yard.work_off(tenant)
    assert sorted(await yard.effects(tenant)) == ["count 1", "count 2"]
    assert (await logged(yard, tenant), await logged(yard, other)) == (2, 0)
    assert await yard.jobs(other) == []


async def test_an_event_that_nobody_listens_to_is_kept(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.passes(tenant, 1)
    await yard.admin.execute("update core.outbox set version = 2")
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == []
    assert await yard.jobs(tenant) == []
    assert await logged(yard, tenant) == 1


async def test_two_relays_at_once_hand_over_each_event_once(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.passes(tenant, *range(BATCH + 500))
    moved = await asyncio.gather(*(yard.relay.hand_over(tenant.id) for _ in range(4)))
    while (more := await yard.relay.hand_over(tenant.id)) != 0:
        moved.append(more)
    assert sum(moved) == BATCH + 500
    assert len(await yard.jobs(tenant)) == BATCH + 500
    assert await yard.admin.fetchval("select count(*) from core.outbox") == 0


async def test_an_event_that_was_handled_is_not_handled_again(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.passes(tenant, 1)
    await yard.work_off(tenant)
    # As from a relay that handed it over twice.
    await yard.admin.execute(
        """insert into core.job (tenant_id, id, plugin, kind, name, payload, event_id)
           select tenant_id, gen_random_uuid(), 'toll', 'delivery', 'count', '{}', id from core.event_log"""
    )
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["count 1"]
    assert await yard.jobs(tenant) == []


async def test_a_handler_that_failed_gets_the_event_again_and_nobody_else_does(yard: Yard) -> None:
    tenant, _ = yard.tenants
    async with yard.speaking(tenant) as context:
        await context.events.emit(Turned(number=1))
    await yard.passes(tenant, 2)
    await yard.work_off(tenant)
    assert await yard.jobs(tenant) == [("refuse", "queued", 1)]
    assert await yard.effects(tenant) == ["count 2"]
    assert await yard.admin.fetchval("select count(*) from core.inbox") == 1


async def test_what_happened_while_off_is_told_on_request_from_a_moment_on(yard: Yard) -> None:
    tenant, other = yard.tenants
    await yard.passes(tenant, 1)
    await yard.work_off(tenant)
    await yard.switch(tenant, enabled=False)
    await yard.passes(tenant, 2, 3)
    await yard.passes(other, 9)
    for one in yard.tenants:
        await yard.work_off(one)
    await yard.switch(tenant, enabled=True)
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["count 1"]
    await yard.admin.execute("update core.event_log set occurred_at = now() - interval '3 days' where payload->>'number' = '2'")
    assert await told_again(yard, tenant, timedelta(days=1)) == 1
    assert await told_again(yard, tenant, timedelta(days=1)) == 0  # it waits already
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["count 1", "count 3"]
    assert await told_again(yard, tenant, LONG_AGO) == 1
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["count 1", "count 3", "count 2"]
    assert await yard.effects(other) == ["count 9"]


async def test_rebuilding_tells_everything_again_to_one_tenant(yard: Yard) -> None:
    tenant, other = yard.tenants
    await yard.passes(tenant, 1, 2)
    await yard.passes(other, 9)
    for one in yard.tenants:
        await yard.work_off(one)
    await yard.admin.execute("delete from plugin_toll.effect")
    assert await told_again(yard, tenant, LONG_AGO, rebuild=True) == 2
    for one in yard.tenants:
        await yard.work_off(one)
    assert sorted(await yard.effects(tenant)) == ["count 1", "count 2"]
    assert await yard.effects(other) == []


async def test_replaying_takes_up_dead_deliveries(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.passes(tenant, 1)
    await yard.relay.hand_over(tenant.id)
    await yard.admin.execute("update core.job set state = 'dead', attempts = 8")
    assert await told_again(yard, tenant, LONG_AGO) == 1
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["count 1"]


async def test_a_flood_of_one_tenant_is_in_nobodys_way(yard: Yard) -> None:
    flooding, other = yard.tenants
    await yard.admin.execute(
        """insert into core.outbox (tenant_id, id, name, version, payload)
           select $1, gen_random_uuid(), 'toll.passed', 1, jsonb_build_object('number', n) from generate_series(1, 20000) n""",
        flooding.id,
    )
    await yard.admin.execute(
        """insert into core.job (tenant_id, id, plugin, kind, name, payload)
           select $1, gen_random_uuid(), 'toll', 'job', 'note', jsonb_build_object('number', n) from generate_series(1, 20000) n""",
        flooding.id,
    )
    await yard.passes(other, 1)
    assert set(await yard.relay.waiting()) == {flooding.id, other.id}
    # A turn each: the flood has 1,000 events handed over and 50 jobs done, the other has all.
    for tenant in yard.tenants:
        await yard.relay.hand_over(tenant.id)
    assert [await yard.bench.take_turn(tenant) for tenant in yard.tenants] == [True, False]
    assert await yard.effects(other) == ["count 1"]
    assert 0 < len(await yard.effects(flooding)) <= 50
    assert await yard.relay.waiting() == [flooding.id]


async def test_a_plugins_flood_does_not_stand_before_the_cores_messages(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.admin.execute(
        """insert into core.job (tenant_id, id, plugin, kind, name, payload, run_at)
           select $1, gen_random_uuid(), 'toll', 'job', 'note', jsonb_build_object('number', n), now() - interval '1 day'
           from generate_series(1, 500) n""",
        tenant.id,
    )
    async with yard.speaking(tenant) as context:
        person = await context.people.ensure("010-3333-4444", "name")
        await context.messages.send("paid", person.id, number=5)
    assert await yard.bench.take_turn(tenant)
    assert await yard.admin.fetchval("select attempts from core.job where plugin = 'core'") == 1
