"""Carrying out jobs: a plugin's handler under its own role, its effect and the job's end in one transaction."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_core.events.listeners import Listener
from smilero_core.identity.access import Access
from smilero_core.identity.word import word_of
from smilero_core.jobs.rows import DueJob, JobRows
from smilero_core.plugins.chosen import ChosenSettings
from smilero_core.plugins.context import CORE, Context, HostServices
from smilero_core.plugins.failures import note_failure
from smilero_core.plugins.fence import fenced
from smilero_core.plugins.gate import TenantPlugins
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.watch import watched
from smilero_sdk.context import Actor, Tenant
from smilero_sdk.jobs import TRIES, Job, Schedule
from smilero_sdk.roles import Role
from smilero_sdk.settings import Settings

log = logging.getLogger(__name__)

Model = TypeVar("Model", bound=Settings)

# A job that has not ended by then has failed.
BUDGET_SECONDS = 60.0
# Longer than the budget, so that a job that calls others is not begun again while it may still end.
LEASE = timedelta(seconds=90)
# What one tenant may take before others have their turn.
_TURN_JOBS = 50
_TURN_SECONDS = 1.0


class UnknownJobError(LookupError):
    """A row names a job that the plugin does not declare, as after an update; it is tried again, then put aside."""


class LeaseRanOutError(TimeoutError):
    """A job that calls others was begun as often as it may, and never came back."""


class BlockedError(TimeoutError):
    """A job blocked its process until that had to end."""


class RoleGoneError(PermissionError):
    """Whoever asked for a job may not any more, or nobody did in person: it is put aside, for staff to decide."""


@dataclass(frozen=True)
class Task:
    """How a job is carried out: its handler with what it is given besides the context."""

    handler: Callable[..., Awaitable[None]]
    arguments: tuple[object, ...] = ()
    tries: int = TRIES
    outside: bool = False
    on_behalf: bool = False
    permission: str | None = None


@dataclass(frozen=True)
class Outside:
    """Implements `smilero_sdk.context.OutsideContext`."""

    tenant: Tenant
    job_id: UUID
    bench: "Workbench"
    plugins: TenantPlugins
    plugin: str

    def settings(self, model: type[Model], /) -> Model:
        """What the foundation chose."""
        chosen = ChosenSettings(self.bench.services.vault, self.tenant.id, self.plugin)
        return chosen.of(model, self.plugins.chosen.get(self.plugin, {}))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Context]:
        """One of its own, committed at the end of the block."""
        async with self.bench.context(self.tenant, self.plugins, self.plugin) as context:
            yield context


class Workbench:
    """Where jobs are carried out.

    Args:
        core_jobs: the core's own kinds of job, all of which call others; what it does by the clock is among them by its name.
        origin: scheme and host of a tenant, for links.
        budget: seconds that a job may take.
    """

    def __init__(
        self,
        database: Database,
        services: HostServices,
        core_jobs: Mapping[str, Job],
        origin: Callable[[Tenant], str],
        budget: float = BUDGET_SECONDS,
    ) -> None:
        self._database = database
        self._core_jobs = core_jobs
        self._origin = origin
        self._budget = budget
        self.services = services

    async def take_turn(self, tenant: Tenant) -> bool:
        """Do what is due for a tenant, its plugins in turn: at most 50 jobs, or what a second holds. Whether more is due."""
        began, done = time.monotonic(), 0
        among = [CORE, *sorted((await self.services.gate.of(tenant.id)).open)]
        async with self._database.unit(tenant.id, read_only=True) as unit:
            busy = await JobRows(Session(unit)).plugins_waiting(among)
        while busy:
            for plugin in list(busy):
                if done >= _TURN_JOBS or time.monotonic() - began > _TURN_SECONDS:
                    return True
                if await self.do_one(tenant, plugin):
                    done += 1
                else:
                    busy.remove(plugin)
        return False

    async def do_one(self, tenant: Tenant, plugin: str) -> bool:
        """Do the plugin's next due job; False when there is none, or when the plugin is off or rests.

        The door is asked in the transaction that takes the job, so off holds for every job that begins after it.
        """
        async with self._database.unit(tenant.id) as unit:
            session = Session(unit)
            plugins = await self.services.gate.read(session)
            job = await JobRows(session).take(plugin) if plugin == CORE or plugin in plugins.open - plugins.resting else None
            if job is None:
                return False
            task = self._task(job)
            if not task.outside:
                asker = await self._asker(session, job, task) if task.on_behalf else None
                if task.on_behalf and asker is None:
                    await JobRows(session).failed(job, RoleGoneError(), tries=1)
                    return True
                context = Context(
                    tenant, tenant.locale, unit, self.services, plugins, plugin=plugin, caller=asker, origin=self._origin(tenant)
                )
                await self._inside(context, job, task)
                return True
            if job.attempts >= task.tries:
                await JobRows(session).failed(job, LeaseRanOutError(), task.tries)
                return True
            await JobRows(session).lease(job, LEASE)
        await self._outside(Outside(tenant, job.id, self, plugins, plugin), job, task)
        return True

    async def _asker(self, session: Session, job: DueJob, task: Task) -> Actor | None:
        """On whose word a job is done, with the rights of the moment; None when nobody's holds any more, or not for this."""
        if job.asked_by is None or job.asked_as is None:
            return None
        access = Access(self.services.host.permissions)
        actor = await word_of(session, access, job.asked_by, Role(job.asked_as), job.helping_id)
        return None if actor and task.permission is not None and not actor.may(task.permission) else actor

    @asynccontextmanager
    async def context(self, tenant: Tenant, plugins: TenantPlugins, plugin: str) -> AsyncIterator[Context]:
        """A transaction of a plugin in which nobody acts."""
        async with self._database.unit(tenant.id) as unit:
            yield Context(tenant, tenant.locale, unit, self.services, plugins, plugin=plugin, origin=self._origin(tenant))

    async def _inside(self, context: Context, job: DueJob, task: Task) -> None:
        rows = JobRows(context.host)
        try:
            async with asyncio.timeout(self._budget), context.host.savepoint():
                if job.kind != "delivery" or await rows.first_time(job):
                    await carry_out(context, job, task)
        except Exception as error:  # noqa: BLE001 - whatever a plugin's code raises, it is tried again
            await rows.failed(job, error, task.tries)
            _note(context, job, error)
        else:
            await rows.done(job)

    async def _outside(self, outside: Outside, job: DueJob, task: Task) -> None:
        failure: Exception | None = None
        try:
            async with asyncio.timeout(self._budget):
                await carry_out(outside, job, task)
        except Exception as error:  # noqa: BLE001 - as above
            failure = error
        async with self.context(outside.tenant, outside.plugins, outside.plugin) as context:
            if failure is None:
                await JobRows(context.host).done(job)
            else:
                await JobRows(context.host).failed(job, failure, task.tries)
                _note(context, job, failure)

    def _task(self, job: DueJob) -> Task:
        """How to do it. What cannot be done becomes a task that says so: the row tells, not the worker's log."""
        try:
            return self._found(job)
        except Exception as error:  # noqa: BLE001 - a payload of an older version is an error of this job alone
            return Task(_raising(error))

    def _found(self, job: DueJob) -> Task:
        declared = None if job.plugin == CORE else self.services.host.declared[job.plugin]
        if job.kind == "delivery" and declared:
            for one in declared.subscriptions:
                if one.name == job.name:
                    return Task(one.handler, (_present(job.event),))
        elif job.kind == "schedule" and declared and job.name in declared.schedules:
            return Task(declared.schedules[job.name].handler)
        elif (job.kind == "job" or (job.kind == "schedule" and not declared)) and (
            kind := (declared.jobs if declared else self._core_jobs).get(job.name)
        ):
            return Task(kind.handler, _payload(kind.payload, job.payload), kind.tries, kind.outside, kind.on_behalf, kind.permission)
        raise UnknownJobError


async def carry_out(given: Context | Outside, job: DueJob, task: Task) -> None:
    """Let the handler do it. By this frame the watchdog knows a job that blocks the process."""
    services = given.services if isinstance(given, Context) else given.bench.services
    with watched(services.watch, job.plugin, job.label), fenced():
        await task.handler(given, *task.arguments)


async def put_aside(database: Database, tenant_id: UUID, job: DueJob, holder: int | None) -> None:
    """Make a job that ends its process a dead letter, by another connection than the one that holds it.

    Its attempt would be undone with its transaction, and the next worker would end by it too.

    Args:
        holder: the server's process of the connection that holds the row.
    """
    async with database.unit(tenant_id) as unit:
        session = Session(unit)
        if holder is not None:
            await session.fetch_value("select pg_terminate_backend($1)", holder)
        await JobRows(session).failed(job, BlockedError(), 0)


def listeners(host: PluginHost) -> list[Listener]:
    """Who listens to what, of the plugins that can be on."""
    return [
        Listener(name, one.name, one.event, one.version)
        for name, declared in host.declared.items()
        if name in host.listed
        for one in declared.subscriptions
    ]


def schedules(host: PluginHost) -> dict[tuple[str, str], Schedule]:
    """What is done by the clock, by plugin and name, of the plugins that can be on."""
    return {
        (name, schedule.name): schedule
        for name, declared in host.declared.items()
        if name in host.listed
        for schedule in declared.schedules.values()
    }


def _note(context: Context, job: DueJob, error: Exception) -> None:
    if job.plugin == CORE:
        log.error("the core failed in %s for tenant %s", job.name, context.tenant.slug, exc_info=error)
    else:
        note_failure(context, job.plugin, job.label, error)


def _payload(model: type[BaseModel] | None, stored: Mapping[str, Any]) -> tuple[object, ...]:
    return () if model is None else (model.model_validate(dict(stored)),)


def _present(event: object) -> object:
    if event is None:
        msg = "the log has the event no more"
        raise UnknownJobError(msg)
    return event


def _raising(error: Exception) -> Callable[..., Awaitable[None]]:
    async def fail(*_: object) -> None:
        raise error

    return fail
