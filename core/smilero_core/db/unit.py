"""A unit of work: one transaction of one tenant, opened at its first statement, committed at the edge."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from asyncpg import InterfaceError, PostgresError

from smilero_core.db.driver import Pool, PooledConnection
from smilero_core.db.scope import Isolation, begin, enter
from smilero_core.db.statement import Link
from smilero_sdk.errors import Problem

Result = TypeVar("Result")

# A rollback or commit that the server does not answer must not keep a connection of the pool for ever.
_END_SECONDS = 10.0

# The event loop holds tasks weakly; an ending transaction must not be collected when its own task is gone.
_ENDING: set[asyncio.Task[None]] = set()


class AbortedTransactionError(Exception):
    """A statement failed, its error was caught outside a savepoint, and PostgreSQL answered the commit with a rollback."""


class UnitOfWork:
    """Use as `async with database.unit(tenant_id) as unit:`; nothing is opened before the first statement.

    Statements run one at a time, whichever tasks send them. Leaving commits, leaving by an exception (a cancellation
    too) rolls back; the connection goes back to the pool in every case. Hold no unit open while waiting for anything
    but the database.
    """

    def __init__(
        self,
        pool: Pool,
        tenant_id: UUID | None,
        *,
        isolation: Isolation = Isolation.READ_COMMITTED,
        read_only: bool = False,
        acquire_seconds: float = 5.0,
    ) -> None:
        self._pool = pool
        self._acquire_seconds = acquire_seconds
        self._isolation = isolation
        self._read_only = read_only
        self._lock = asyncio.Lock()
        self._link: PooledConnection | None = None
        self._role: str | None = None
        self._savepoints = 0
        self._closed = False
        self._after_commit: list[Callable[[], Awaitable[None]]] = []
        self.tenant_id = tenant_id

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Commit, or roll back; then run what waits for the commit."""
        await self._finish("commit" if kind is None else "rollback")
        if kind is None:
            for callback in self._after_commit:
                await callback()

    async def run(self, role: str | None, statement: Callable[[Link], Awaitable[Result]]) -> Result:
        """Run a statement under a role: the tenant is bound and the role entered before it, whatever ran last."""
        async with self._lock:
            link = await self._ready(role)
            return await statement(link)

    @asynccontextmanager
    async def savepoint(self, role: str | None) -> AsyncIterator[None]:
        """What fails inside is undone; the transaction goes on. Savepoints nest, and are not for two tasks at once."""
        self._savepoints += 1
        name = f"s{self._savepoints}"
        await self.run(role, lambda link: link.execute(f"savepoint {name}"))
        entered = self._role
        try:
            yield
            # Fails when a statement failed and its error was swallowed: that too is undone here.
            await self.run(self._role, lambda link: link.execute(f"release savepoint {name}"))
        except BaseException:
            # When this fails too, the transaction is lost, and the first error tells why.
            with suppress(PostgresError, InterfaceError):
                await _to_the_end(self._roll_back_to(name, entered))
            raise

    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call when the commit has succeeded: ring a bell, never more, since the process may die before it."""
        self._after_commit.append(callback)

    async def _ready(self, role: str | None) -> PooledConnection:
        if self._closed:
            msg = "this unit of work is over"
            raise RuntimeError(msg)
        if self._link is None:
            self._link = await self._acquire()
            # Over, until the server has answered: after half a BEGIN a statement would run as the login, unbound.
            self._closed = True
            await self._link.execute(begin(self.tenant_id, role, self._isolation, read_only=self._read_only))
            self._closed = False
            self._role = role
        elif role != self._role:
            # Not known until the server has answered: a cancelled switch must not be taken for a finished one.
            self._role = "unknown"
            await self._link.execute(enter(role))
            self._role = role
        return self._link

    async def _acquire(self) -> PooledConnection:
        try:
            return await self._pool.acquire(timeout=self._acquire_seconds)
        except TimeoutError as error:
            raise Problem("database.busy", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "1"}) from error
        except OSError as error:
            # No host, no socket, nobody listening: whichever, a new connection cannot be had.
            raise Problem("database.away", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "2"}) from error

    async def _roll_back_to(self, name: str, role: str | None) -> None:
        async with self._lock:
            if self._link is not None and not self._link.is_closed():
                # The server takes back SET LOCAL ROLE as well, so the role is again the one of the savepoint.
                await self._link.execute(f"rollback to savepoint {name}; release savepoint {name}")
                self._role = role

    async def _finish(self, how: str) -> None:
        self._closed = True
        if self._link is not None:
            await _to_the_end(self._end(how, self._link))

    async def _end(self, how: str, link: PooledConnection) -> None:
        async with self._lock:
            self._link = None
            done = ""
            try:
                if how == "commit" or not link.is_closed():
                    done = await link.execute(how, timeout=_END_SECONDS)
            except BaseException:
                # The pool has taken a lost connection back already, and then does not let us touch it.
                with suppress(InterfaceError):
                    link.terminate()
                if how == "commit":
                    raise
            finally:
                await self._pool.release(link)
            if how == "commit" and done != "COMMIT":
                raise AbortedTransactionError


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Await something that must finish although we are cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    _ENDING.add(task)
    task.add_done_callback(_ENDING.discard)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
