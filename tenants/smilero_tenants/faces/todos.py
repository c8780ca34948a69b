"""How much waits for somebody of the foundation: one statement for what the host knows, a remembered number for what plugins bring.

The number stands in the menu of every page of the console. A page never waits for a plugin because of it: what is remembered is
asked anew beside the pages, in a transaction of its own.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.identity.access import PEOPLE_MANAGE, PLUGINS_READ
from smilero_core.plugins.approval_rows import FOR_ME
from smilero_core.plugins.calling import ask_plugins
from smilero_core.plugins.context import CORE, Context
from smilero_sdk.answers import Todo
from smilero_sdk.context import Actor, Tenant

log = logging.getLogger(__name__)

HOOK = "provide_todos"
# An invitation that has so little time left, or none, should be sent again or taken back.
RUNS_OUT = "i.used_at is null and i.revoked_at is null and i.expires_at < now() + interval '1 day'"

_FRESH_SECONDS = 30.0
# A plugin that did not answer is asked again sooner.
_AGAIN_SECONDS = 5.0
_MOST_KNOWN = 1_000
_MOST_WAITING = 100

_Key = tuple[UUID, Actor, frozenset[str]]


@dataclass(frozen=True)
class Numbers:
    """How much there is of each kind that the host itself knows."""

    approvals: int
    letters: int
    resting: int
    invitations: int

    @property
    def all(self) -> int:
        """Together."""
        return self.approvals + self.letters + self.resting + self.invitations


async def numbers(context: Context) -> Numbers:
    """Of the context's actor, as far as he may do something about it; one statement."""
    actor, plugins = context.actor, context.plugins
    row = await context.host.fetch_row(
        f"""
        select (select count(*) from core.job where state = 'dead') as letters,
          (select count(*) from core.approval a where {FOR_ME}) as approvals,
          (select count(*) from core.invitation i where $4 and {RUNS_OUT}) as invitations
        """,  # noqa: S608 - constants of the package
        [CORE, *plugins.open],
        list(actor.permissions),
        actor.person_id,
        actor.may(PEOPLE_MANAGE),
    )
    resting = len(plugins.resting) if actor.may(PLUGINS_READ) else 0
    return Numbers(row["approvals"], row["letters"], resting, row["invitations"]) if row else Numbers(0, 0, resting, 0)


async def plugin_todos(context: Context) -> list[tuple[str, Todo]]:
    """What the plugins that are on bring for the actor, each with its plugin's name."""
    actor = context.actor
    answers: Sequence[tuple[str, list[Todo]]] = await ask_plugins(context, HOOK, list[Todo])
    return [(plugin, todo) for plugin, todos in answers for todo in todos if actor.may(todo.permission)]


@dataclass(frozen=True)
class _Known:
    counts: Mapping[str, int]
    until: float


@dataclass(frozen=True)
class _Wanted:
    """Whose number is to be asked anew."""

    tenant: Tenant
    actor: Actor
    context: Context


class TodoCounts:
    """The remembered numbers of one process. `run` asks them anew, one after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[_Key, _Known] = {}
        self._wanted: dict[_Key, _Wanted] = {}
        self._rung = asyncio.Event()

    def of(self, context: Context) -> int:
        """The last number that is known for the context's actor, none at first. One that is old is asked anew, soon."""
        if not context.services.host.calls(HOOK, context.plugins.open):
            return 0
        key = _key(context)
        known = self._known.get(key)
        if (known is None or known.until < time.monotonic()) and len(self._wanted) < _MOST_WAITING:
            self._wanted.setdefault(key, _Wanted(context.tenant, context.actor, context))
            self._rung.set()
        return sum(known.counts.values()) if known else 0

    def note(self, context: Context, todos: Sequence[tuple[str, Todo]]) -> None:
        """Remember what a page has just been told; of a plugin that failed in that request, the last that it said."""
        key, failed = _key(context), context.patience.left_out
        before = self._known[key].counts if key in self._known else {}
        counts = {plugin: count for plugin, count in before.items() if plugin in failed}
        for plugin, todo in todos:
            counts[plugin] = counts.get(plugin, 0) + todo.count
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = _Known(counts, time.monotonic() + (_AGAIN_SECONDS if failed else _FRESH_SECONDS))

    async def run(self) -> None:
        """Ask until cancelled. What fails leaves the last number that was known."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            while self._wanted:
                key = next(iter(self._wanted))
                try:
                    await self._ask(self._wanted[key])
                except Exception as error:  # noqa: BLE001 - a database that is away is asked again at the next page
                    log.warning("what waits for %s was not counted: %r", self._wanted[key].tenant.slug, error)
                finally:
                    del self._wanted[key]

    async def _ask(self, wanted: _Wanted) -> None:
        services = wanted.context.services
        plugins = await services.gate.of(wanted.tenant.id)
        async with self._database.unit(wanted.tenant.id, read_only=True) as unit:
            context = Context(wanted.tenant, wanted.context.language, unit, services, plugins, caller=wanted.actor)
            self.note(context, await plugin_todos(context))


def _key(context: Context) -> _Key:
    return (context.tenant.id, context.actor, context.plugins.open)
