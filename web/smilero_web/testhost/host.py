"""The running application for the tests of one plugin."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from smilero_core.db.driver import Connection
from smilero_core.db.isolation import Finding, inspect
from smilero_core.db.roles import plugin_role
from smilero_core.db.settings import DatabaseSettings
from smilero_core.plugins.host import PluginHost
from smilero_sdk.manifest import Plugin
from smilero_sdk.testing.host import Address, Declared
from smilero_web.runtime import Runtime
from smilero_web.testhost.addresses import addresses_of
from smilero_web.testhost.loop import LoopThread
from smilero_web.testhost.removal import taken_out_and_back
from smilero_web.testhost.town import Town
from smilero_web.testhost.watching import watching
from smilero_web.testhost.work import Hands


@dataclass
class RunningHost:
    """Implements `smilero_sdk.testing.Host`.

    Attributes:
        ports: of the application in this process, and of the one beside it.
    """

    loop: LoopThread
    runtime: Runtime
    settings: DatabaseSettings
    admin: Connection
    ports: tuple[int, int]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    towns: list[Town] = field(default_factory=list)

    @property
    def tenants(self) -> tuple[Town, Town]:
        """Both."""
        return self.towns[0], self.towns[1]

    @property
    def plugins(self) -> Mapping[str, Plugin]:
        """Every installed plugin."""
        return self._host.plugins

    def move(self, moment: datetime) -> None:
        """Work at a moment."""
        self.now = moment

    def sentence(self, key: str, language: str = "ko") -> str | None:
        """As the catalogue has it."""
        return self.runtime.catalogue.text(language, key) if key in self.runtime.catalogue.keys(language) else None

    def addresses(self, plugin: str) -> Sequence[Address]:
        """As they are mounted."""
        return addresses_of(self._host, plugin)

    def hooks(self, plugin: str) -> frozenset[str]:
        """Those of its implementation."""
        return self._host.hooks_of(plugin)

    def declared(self, plugin: str) -> Declared:
        """The names."""
        found = self._host.declared[plugin]
        subscriptions = tuple((one.event, one.version) for one in found.subscriptions)
        menu = tuple(item.label for item in found.menu)
        return Declared(tuple(found.jobs), tuple(found.schedules), subscriptions, menu, tuple(found.measures), tuple(found.approvals))

    def watching(self, plugin: str, *, instead: Callable[..., Any] | None = None) -> AbstractContextManager[list[str]]:
        """Note its calls."""
        return watching(self._host, plugin, instead)

    def settle(self) -> None:
        """Do what is due."""
        self.loop.call(Hands(self.runtime).settle())

    def ring_schedules(self) -> None:
        """Wind the clock, and set it forward."""
        self.loop.call(Hands(self.runtime).wind())
        self.query(
            "update core.schedule set next_at = now() where tenant_id = any($1::uuid[]) returning id", [town.id for town in self.towns]
        )

    def isolation_faults(self, schema: str) -> tuple[Mapping[str, int], Sequence[str]]:
        """The same rules as `smilero db check`, as far as they speak of this schema or its role."""
        report = self.loop.call(inspect(self.admin))
        findings = [f"{one.rule}: {one.subject} {one.detail}" for one in report.findings if _concerns(one, schema)]
        return self.loop.call(self._subjects(schema)), findings

    def query(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """As the superuser."""
        return self.loop.call(self.fetch(sql, *args))

    async def fetch(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """The same, on the host's own loop."""
        return [dict(row) for row in await self.admin.fetch(sql, *args)]

    def remove(self, plugin: str) -> Mapping[str, int]:
        """Export, uninstall, install again."""
        for town in self.towns:
            town.disable(plugin)
        try:
            return self.loop.call(taken_out_and_back(self.settings.owner(), self.admin, self._host, plugin))
        finally:
            for town in self.towns:
                town.enable(plugin)

    async def _subjects(self, schema: str) -> Mapping[str, int]:
        tables = await self.admin.fetchval(
            """select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = $1 and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'""",
            schema,
        )
        return {"tables of the plugin": int(tables)} if tables else {}

    @property
    def _host(self) -> PluginHost:
        return self.runtime.host


def _concerns(finding: Finding, schema: str) -> bool:
    return plugin_role(schema.removeprefix("plugin_")) in finding.subject
