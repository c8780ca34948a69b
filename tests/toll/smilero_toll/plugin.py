"""A plugin for tests: it counts what passes, and can be held at its gate after an effect and before its acknowledgement.

Its table has no key that would hide an effect that was had twice.
"""

import asyncio
import sys
import time as time_module
from datetime import time
from uuid import UUID

from smilero_sdk.context import OutsideContext, TenantContext
from smilero_sdk.events import Event, Happened, Subscriptions
from smilero_sdk.hooks import hookimpl
from smilero_sdk.ids import uuid7
from smilero_sdk.jobs import Jobs, Payload, Schedules
from smilero_sdk.manifest import Plugin
from smilero_sdk.messages import MessageTemplate
from smilero_sdk.roles import Permission, Role

# Who holds this advisory lock keeps every handler between its effect and its acknowledgement.
GATE = 4_217
BLOCK_SECONDS = 30.0
TRUST = "toll.trust"


class Passed(Event, name="passed"):
    number: int


class Turned(Event, name="turned"):
    number: int


class Number(Payload):
    number: int


async def effect(ctx: TenantContext, handler: str, number: int = 0, subject: UUID | None = None) -> None:
    await ctx.db.execute(
        "insert into plugin_toll.effect (id, handler, number, subject_id) values ($1, $2, $3, $4)", uuid7(), handler, number, subject
    )


async def pass_gate(ctx: TenantContext) -> None:
    await ctx.db.fetch("select pg_advisory_xact_lock_shared($1)", GATE)


def stand_still() -> None:
    time_module.sleep(BLOCK_SECONDS)


subscriptions, jobs, schedules = Subscriptions(), Jobs(), Schedules()


@subscriptions.on("toll.passed")
async def count(ctx: TenantContext, event: Happened) -> None:
    await effect(ctx, "count", event.read(Number).number, event.id)
    await pass_gate(ctx)


@subscriptions.on("toll.turned")
async def refuse(ctx: TenantContext, event: Happened) -> None:
    await effect(ctx, "refuse", event.read(Number).number, event.id)
    msg = "the words of somebody"
    raise ValueError(msg)


@jobs.job("note")
async def note(ctx: TenantContext, payload: Number) -> None:
    await effect(ctx, "note", payload.number)
    await pass_gate(ctx)


@jobs.job("vouched", on_behalf=True)
async def vouched(ctx: TenantContext, payload: Number) -> None:
    """Done on the word of whoever queued it."""
    await effect(ctx, f"vouched by {ctx.actor.role.value}", payload.number, ctx.actor.person_id)


@jobs.job("trusted", on_behalf=True, permission=TRUST)
async def trusted(ctx: TenantContext, payload: Number) -> None:
    """Done on the word of somebody who may still do it."""
    await effect(ctx, "trusted", payload.number, ctx.actor.person_id)


@jobs.job("chain")
async def chain(ctx: TenantContext, payload: Number) -> None:
    await effect(ctx, "chain", payload.number)
    await ctx.events.emit(Passed(number=payload.number))
    await ctx.jobs.later("note", payload)


@jobs.job("fail", tries=3)
async def fail(ctx: TenantContext) -> None:
    await effect(ctx, "fail")
    msg = "the words of somebody"
    raise ValueError(msg)


@jobs.job("swallow", tries=1)
async def swallow(ctx: TenantContext) -> None:
    await effect(ctx, "swallow")
    try:
        await ctx.db.fetch("select 1 / 0")
    except Exception:  # noqa: BLE001 - what it tries: to go on in a transaction that is lost
        return


@jobs.job("hang", tries=1)
async def hang(ctx: TenantContext) -> None:
    await effect(ctx, "hang")
    await ctx.db.fetch("select pg_sleep(30)")


@jobs.job("look", tries=1)
async def look(ctx: TenantContext) -> None:
    """Note how many rows it sees."""
    await effect(ctx, "look", len(await ctx.db.fetch("select id from plugin_toll.effect")))


@jobs.job("steal", tries=1)
async def steal(ctx: TenantContext) -> None:
    """Ask for what is the host's."""
    await effect(ctx, "steal")
    await ctx.db.fetch("select id from core.job")


@jobs.job("block")
async def block(ctx: TenantContext) -> None:
    """Hold up the whole process."""
    await effect(ctx, "block")
    stand_still()


@jobs.job("exit", tries=1)
async def leave(ctx: TenantContext) -> None:
    """End the whole process."""
    await effect(ctx, "exit")
    sys.exit("gone")


@jobs.job("cancel", tries=1)
async def cancel(ctx: TenantContext) -> None:
    """Cancel a task of its own, and wait for it."""
    await effect(ctx, "cancel")
    own = asyncio.ensure_future(asyncio.Event().wait())
    own.cancel()
    await own


@jobs.outside("call", tries=3)
async def call(ctx: OutsideContext, payload: Number) -> None:
    async with ctx.transaction() as intent:
        await effect(intent, "intent", payload.number, ctx.job_id)
    async with ctx.transaction() as gate:
        await pass_gate(gate)
    async with ctx.transaction() as outcome:
        await effect(outcome, "outcome", payload.number, ctx.job_id)


@jobs.outside("call in vain", tries=2)
async def call_in_vain(ctx: OutsideContext) -> None:
    async with ctx.transaction() as intent:
        await effect(intent, "in vain", 0, ctx.job_id)
    raise ConnectionError


@schedules.every(minutes=30)
async def half_hourly(ctx: TenantContext) -> None:
    await effect(ctx, "half_hourly")


@schedules.daily(time(3))
async def nightly(ctx: TenantContext) -> None:
    await effect(ctx, "nightly")


@schedules.monthly(1, time(9, 30))
async def monthly(ctx: TenantContext) -> None:
    await effect(ctx, "monthly")


class Toll:
    @hookimpl
    def register_subscriptions(self) -> Subscriptions:
        return subscriptions

    @hookimpl
    def register_jobs(self) -> Jobs:
        return jobs

    @hookimpl
    def register_schedules(self) -> Schedules:
        return schedules


plugin = Plugin(
    name="toll",
    package="smilero_toll",
    title={"ko": "통행료"},
    description={"ko": "지나가는 것을 셉니다"},
    version="0.1",
    implementation=Toll(),
    events=(Passed, Turned),
    permissions=(Permission(TRUST, frozenset({Role.OWNER, Role.STAFF})),),
    messages=(MessageTemplate("paid"),),
)
