"""The pools of a process, and the units of work that they serve."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self
from uuid import UUID

import asyncpg

from smilero_core.db.driver import Connection, Pool
from smilero_core.db.scope import Isolation
from smilero_core.db.settings import DatabaseSettings
from smilero_core.db.unit import UnitOfWork

_CLOSE_SECONDS = 5.0


# Called with each statement, the seconds that it took, and what went wrong.
Watcher = Callable[[str, float, BaseException | None], None]


class Database:
    """Two logins with a pool each: the application's, and the platform's small one. Use as a context manager.

    Args:
        watcher: told of each statement of the application's login; for a plugin's author, never in production.
    """

    def __init__(self, settings: DatabaseSettings, watcher: Watcher | None = None) -> None:
        self._settings = settings
        self._watcher = watcher
        self._app: Pool | None = None
        self._platform: Pool | None = None

    async def __aenter__(self) -> Self:
        """Open the pools. Raises asyncpg's errors when the server does not answer or refuses the login."""
        self._app = await _pool(self._settings.app(), self._settings.database_pool, self._watcher)
        try:
            self._platform = await _pool(self._settings.platform(), self._settings.database_platform_pool)
        except BaseException:
            await self._app.close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the pools; what is still running is given five seconds."""
        for pool in (self._app, self._platform):
            if pool is not None:
                try:
                    await asyncio.wait_for(pool.close(), _CLOSE_SECONDS)
                except TimeoutError:
                    pool.terminate()

    def unit(
        self,
        tenant_id: UUID,
        *,
        isolation: Isolation = Isolation.READ_COMMITTED,
        read_only: bool = False,
    ) -> UnitOfWork:
        """One transaction of one tenant."""
        return self._unit(self._app, tenant_id, isolation, read_only=read_only)

    def unbound(self) -> UnitOfWork:
        """A reading transaction of the application without a tenant: tenants and hosts, nothing that a tenant owns."""
        return self._unit(self._app, None, Isolation.READ_COMMITTED, read_only=True)

    def platform(self, tenant_id: UUID | None = None, *, read_only: bool = False) -> UnitOfWork:
        """A transaction of the platform's login. Only `smilero_core.platform` may ask for one."""
        return self._unit(self._platform, tenant_id, Isolation.READ_COMMITTED, read_only=read_only)

    def idle(self) -> tuple[int, int]:
        """Free and all connections of the application's pool, for health and tests."""
        pool = self._app
        return (pool.get_idle_size(), pool.get_size()) if pool else (0, 0)

    def _unit(self, pool: Pool | None, tenant_id: UUID | None, isolation: Isolation, *, read_only: bool) -> UnitOfWork:
        if pool is None:
            msg = "the database is not open"
            raise RuntimeError(msg)
        return UnitOfWork(
            pool,
            tenant_id,
            isolation=isolation,
            read_only=read_only,
            acquire_seconds=self._settings.database_acquire_seconds,
        )


async def _pool(url: str, size: int, watcher: Watcher | None = None) -> Pool:
    async def watched(connection: Connection) -> None:
        await _init(connection)
        if watcher is not None:
            connection.add_query_logger(lambda record: watcher(record.query, record.elapsed, record.exception))

    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        init=watched,
        reset=_keep,
        command_timeout=30,
        server_settings={"application_name": "smilero", "timezone": "UTC", "jit": "off"},
    )


async def _init(connection: Connection) -> None:
    # asyncpg switches JIT off around its look-up of unknown types by set_config, which nobody may call here.
    capabilities = connection._server_caps  # type: ignore[attr-defined]  # noqa: SLF001 - it has no public switch
    connection._server_caps = capabilities._replace(jit=False)  # type: ignore[attr-defined]  # noqa: SLF001 - as above


async def _keep(_: Connection) -> None:
    """Reset nothing between units: all that a unit sets is SET LOCAL and ends with it. This saves a round trip each."""
