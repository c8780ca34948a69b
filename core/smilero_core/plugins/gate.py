"""The one gate: which plugins are open for a tenant. An allow list: what has no row is shut."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.ids import uuid7

# Off must take effect within five seconds on every process; each asks the database again after this.
FRESH_SECONDS = 2.0


@dataclass(frozen=True)
class TenantPlugins:
    """What a tenant has on.

    Attributes:
        open: on, whether resting or not.
        resting: on, but not called for a while, because they failed again and again.
        chosen: settings by plugin, as stored; secrets sealed.
    """

    open: frozenset[str] = frozenset()
    resting: frozenset[str] = frozenset()
    chosen: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def require(self, plugin: str) -> None:
        """Raises `http.not_found` for one that is off, `plugins.resting` (503) for one that rests."""
        if plugin not in self.open:
            raise not_found()
        if plugin in self.resting:
            raise Problem("plugins.resting", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})


@dataclass(frozen=True)
class _Known:
    plugins: TenantPlugins
    until: float


class PluginGate:
    """Answers for a process, from memory for two seconds.

    Args:
        admitted: plugins that are installed and on the operator's list; a row for another opens nothing.
    """

    def __init__(self, database: Database, admitted: frozenset[str]) -> None:
        self._database = database
        self._admitted = admitted
        self._known: dict[UUID, _Known] = {}

    async def of(self, tenant_id: UUID) -> TenantPlugins:
        """What a tenant has on."""
        now = time.monotonic()
        known = self._known.get(tenant_id)
        if known is None or known.until < now:
            async with self._database.unit(tenant_id, read_only=True) as unit:
                plugins = await self.read(Session(unit))
            known = _Known(plugins, now + FRESH_SECONDS)
            self._known[tenant_id] = known
        return known.plugins

    async def open_for(self, tenant_id: UUID) -> frozenset[str]:
        """The plugins that a tenant has on."""
        return (await self.of(tenant_id)).open

    async def read(self, session: Session) -> TenantPlugins:
        """What the tenant of a session has on at this moment."""
        rows = await session.fetch(
            """
            select a.plugin, coalesce(a.rests_until > now(), false) as resting, s.chosen
            from core.plugin_activation a left join core.plugin_setting s on s.plugin = a.plugin and s.shop_id is null
            where a.enabled and not exists (select from core.plugin_uninstalled u where u.plugin = a.plugin)
            """
        )
        admitted = [row for row in rows if row["plugin"] in self._admitted]
        return TenantPlugins(
            open=frozenset(row["plugin"] for row in admitted),
            resting=frozenset(row["plugin"] for row in admitted if row["resting"]),
            chosen={row["plugin"]: json.loads(row["chosen"]) for row in admitted if row["chosen"]},
        )

    def forget(self, tenant_id: UUID) -> None:
        """Ask the database at the next request: this process has just switched something."""
        self._known.pop(tenant_id, None)


async def switch(session: Session, plugin: str, *, enabled: bool) -> None:
    """Write that a plugin is on or off for the tenant of a session. Its data stays; `Switchboard` asks whether it may be."""
    await session.execute(
        """
        insert into core.plugin_activation (id, plugin, enabled) values ($1, $2, $3)
        on conflict (tenant_id, plugin) do update
          set enabled = excluded.enabled, changed_at = now(), rests_until = null, rest_seconds = 0
        """,
        uuid7(),
        plugin,
        enabled,
    )


async def is_uninstalled(session: Session, plugin: str) -> bool:
    """Whether the operator removed it with its data, and has not installed it again."""
    return bool(await session.fetch_value("select true from core.plugin_uninstalled where plugin = $1", plugin))
