"""What watches over plugins while a process runs: where their failures go, who finds one that blocks, and which are missing."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from smilero_core.db.database import Database
from smilero_core.db.settings import DatabaseSettings
from smilero_core.platform.tenants import TenantOffice
from smilero_core.plugins.failure_log import FailureLog
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.watchdog import Blocking, Limits, Watchdog
from smilero_core.plugins.work import put_aside

log = logging.getLogger(__name__)


@asynccontextmanager
async def guarding(
    host: PluginHost, database: Database, settings: DatabaseSettings, gate: PluginGate, limits: Limits
) -> AsyncIterator[FailureLog]:
    """Until the end of the block, failures are written, and the running loop is watched."""
    failures = FailureLog(database, gate)
    packages = {name: plugin.package for name, plugin in host.plugins.items()}

    def last(blocking: Blocking) -> None:
        with suppress(Exception):  # the process ends whether this is on record or not
            asyncio.run(_write_apart(settings, blocking))

    await tell_missing(database, host)
    async with failures.running():
        with Watchdog(packages, failures.note, last, limits).watching():
            yield failures


async def tell_missing(database: Database, host: PluginHost) -> None:
    """Log plugins that foundations have on and that this process cannot give them. They start without, and so do we."""
    on: dict[str, list[str]] = {}
    for tenant in await TenantOffice(database).list():
        for name in set(tenant.plugins) - host.listed:
            on.setdefault(name, []).append(tenant.slug)
    for name, slugs in sorted(on.items()):
        why = "not on the operator's list" if name in host.plugins else "not installed"
        log.warning("plugin %s is on for %s and is %s: they go without it", name, ", ".join(slugs), why)


async def _write_apart(settings: DatabaseSettings, blocking: Blocking) -> None:
    """By connections of this thread's own: those of the process belong to a loop that stands still."""
    async with Database(settings.model_copy(update={"database_pool": 1, "database_platform_pool": 1})) as database:
        if blocking.job is not None and blocking.tenant is not None:
            await put_aside(database, blocking.tenant.id, blocking.job, blocking.holder)
        if blocking.failure is not None:
            failures = FailureLog(database, PluginGate(database, frozenset()))
            failures.note(blocking.failure)
            await failures.write()
