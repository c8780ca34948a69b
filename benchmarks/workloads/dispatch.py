"""A hook is dispatched to the plugins that a tenant has on: what tenants and plugins cost.

In this process, without a database, in CPU time: whatever else the machine does is not counted.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pluggy

from benchmarks.harness import Sample, Side, Workload
from benchmarks.stage import Stage
from smilero_core.db.database import Database
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.vault import Vault
from smilero_core.plugins.calling import ask_plugins
from smilero_core.plugins.context import Context, HostServices
from smilero_core.plugins.gate import PluginGate, TenantPlugins
from smilero_core.plugins.host import PluginHost
from smilero_sdk.answers import Search, SearchHit
from smilero_sdk.context import Tenant
from smilero_sdk.hooks import NAMESPACE, hookimpl
from smilero_sdk.i18n import Catalogue
from smilero_sdk.ids import uuid7
from smilero_sdk.manifest import Plugin
from smilero_sdk.pages import Face

HOOK = "provide_search"
_SEARCH = Search(Face.PUBLIC, "")
_AT_ONCE = 200
_INSTALLED = 50


class Silent:
    """A plugin without the hook."""


class Answering:
    """A plugin that has nothing to say."""

    @hookimpl
    async def provide_search(self, ctx: object, search: Search) -> list[SearchHit]:
        """Nothing found."""
        del ctx, search
        return []


class DispatchTenants:
    """The same calls by one tenant, and by ten thousand in turn, each with plugins of its own choice out of fifty."""

    name = "dispatch_tenants"
    unit = "µs of CPU"
    goal = "≤ 1.1"
    against = "1 tenant"
    note = "Ten of fifty installed plugins are on and have the hook; the tenants have 1,000 different choices between them."

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Make the plugins and the tenants."""
        del stage
        services = _services(_host(_INSTALLED))
        many = [_contexts(services, _chosen(number % 1_000)) for number in range(10_000)]
        return _side(many), _side(many[:1])


class DispatchPlugins:
    """What a dispatch costs, each plugin in a task of its own with a time budget, against a bare way to call as many functions."""

    unit = "µs of CPU"
    goal = "≤ 10000"
    note = "For information: the peer neither limits time, nor checks answers, nor undoes anything."

    def __init__(self, plugins: int, peer: str) -> None:
        self.name = f"dispatch_{plugins}_vs_{peer}"
        self.against = {"pluggy": "pluggy's own call", "tuple": "a tuple of functions"}[peer]
        self._plugins = plugins
        self._peer = peer

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Make the plugins."""
        del stage
        host = _host(self._plugins)
        return _side([_contexts(_services(host), frozenset(host.plugins))]), _bare(_PEERS[self._peer](self._plugins))


class DispatchSilent:
    """Fifty plugins that do not have the hook, and two that have it, against the two alone."""

    name = "dispatch_silent"
    unit = "µs of CPU"
    goal = "≤ 1.1"
    against = "2 plugins"
    note = "Plugins that do not have a hook cost its dispatch nothing."

    def open(self, stage: Stage) -> tuple[Side, Side]:
        """Make the plugins."""
        del stage
        crowded, alone = _host(2, _INSTALLED), _host(2)
        return _side([_contexts(_services(crowded), frozenset(crowded.plugins))]), _side(
            [_contexts(_services(alone), frozenset(alone.plugins))]
        )


def _host(answering: int, silent: int = 0) -> PluginHost:
    makers = [("answering", Answering)] * answering + [("silent", Silent)] * silent
    return PluginHost([_plugin(f"{word}{number}", kind()) for number, (word, kind) in enumerate(makers)], [])


def _plugin(name: str, implementation: object) -> Plugin:
    return Plugin(name, "benchmarks", {"ko": name}, {"ko": name}, "1", implementation)


def _chosen(number: int) -> frozenset[str]:
    """Ten plugins, others for each number."""
    return frozenset(f"answering{(number * 7 + step * (1 + number % 4)) % _INSTALLED}" for step in range(10))


Make = Callable[[], Context]


def _services(host: PluginHost) -> HostServices:
    gate = PluginGate(Database(DatabaseSettings()), frozenset())
    return HostServices(host, gate, Catalogue(), Vault("benchmark"), cast("Any", None), cast("Any", None))


def _contexts(services: HostServices, names: frozenset[str]) -> Make:
    """A context as a request has it, anew for each."""
    tenant = Tenant(uuid7(), "t", "t", "Asia/Seoul", "ko", "t", "#000000")
    unit, plugins = cast("Any", SimpleNamespace(tenant_id=tenant.id, lost=False)), TenantPlugins(open=names)
    now = datetime.now(UTC)
    return lambda: Context(tenant, "ko", unit, services, plugins, now=now)


def _side(makers: Sequence[Make]) -> Side:
    async def once(make: Make) -> None:
        await ask_plugins(make(), HOOK, list[SearchHit], search=_SEARCH)

    async def run(seconds: float) -> Sample:
        done, step = 0, 0
        for make in makers:  # the lists of calls are made once, and then kept
            await once(make)
        begun = time.process_time()
        while (passed := time.process_time() - begun) < seconds:
            for _ in range(_AT_ONCE):
                await once(makers[step % len(makers)])
                step += 1
            done += _AT_ONCE
        return _sample(passed / done)

    return lambda seconds: asyncio.run(run(seconds))


def _bare(call: Callable[[], object]) -> Side:
    def run(seconds: float) -> Sample:
        done = 0
        begun = time.process_time()
        while (passed := time.process_time() - begun) < seconds:
            for _ in range(_AT_ONCE):
                call()
            done += _AT_ONCE
        return _sample(passed / done)

    return run


def _sample(seconds: float) -> Sample:
    return Sample(seconds * 1e6, seconds * 1e3, seconds * 1e3, {"this": 1.0})


class _Bare:
    @hookimpl
    def found(self, ctx: object, search: Search) -> list[SearchHit]:  # noqa: ARG002 - as the hook has them
        return []


def _pluggy(plugins: int) -> Callable[[], object]:
    class Specification:
        @pluggy.HookspecMarker(NAMESPACE)
        def found(self, ctx: object, search: Search) -> list[SearchHit]:  # type: ignore[empty-body]  # a specification has no body
            """As `provide_search`, without waiting."""

    manager = pluggy.PluginManager(NAMESPACE)
    manager.add_hookspecs(Specification)
    for _ in range(plugins):
        manager.register(_Bare())
    return lambda: manager.hook.found(ctx=None, search=_SEARCH)


def _tuple(plugins: int) -> Callable[[], object]:
    functions = tuple(_Bare().found for _ in range(plugins))
    return lambda: [one(None, _SEARCH) for one in functions]


_PEERS = {"pluggy": _pluggy, "tuple": _tuple}

DISPATCH: tuple[Workload, ...] = (
    DispatchTenants(),
    DispatchSilent(),
    *(DispatchPlugins(count, peer) for count in (2, 10, 50) for peer in ("pluggy", "tuple")),
)
