"""The one gate: which plugins are open for a tenant. An allow list: what has no row is shut."""

import time
from dataclasses import dataclass
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_sdk.ids import uuid7

# Off must take effect within five seconds on every process; each asks the database again after this.
FRESH_SECONDS = 2.0


@dataclass(frozen=True)
class _Known:
    names: frozenset[str]
    until: float


class PluginGate:
    """Answers for a process, from memory for two seconds.

    Args:
        installed: plugins of this process; a row for another opens nothing.
    """

    def __init__(self, database: Database, installed: frozenset[str]) -> None:
        self._database = database
        self._installed = installed
        self._known: dict[UUID, _Known] = {}

    async def open_for(self, tenant_id: UUID) -> frozenset[str]:
        """The plugins that a tenant has on."""
        now = time.monotonic()
        known = self._known.get(tenant_id)
        if known is None or known.until < now:
            async with self._database.unit(tenant_id, read_only=True) as unit:
                rows = await Session(unit).fetch("select plugin from core.plugin_activation where enabled")
            known = _Known(self._installed & {row["plugin"] for row in rows}, now + FRESH_SECONDS)
            self._known[tenant_id] = known
        return known.names

    def forget(self, tenant_id: UUID) -> None:
        """Ask the database at the next request: this process has just switched something."""
        self._known.pop(tenant_id, None)


async def switch(session: Session, plugin: str, *, enabled: bool) -> None:
    """Switch a plugin on or off for the tenant of a session. Its data stays."""
    await session.execute(
        """
        insert into core.plugin_activation (id, plugin, enabled) values ($1, $2, $3)
        on conflict (tenant_id, plugin) do update set enabled = excluded.enabled, changed_at = now()
        """,
        uuid7(),
        plugin,
        enabled,
    )
