"""A unit of work: one transaction of one tenant, opened at its first statement, committed at the edge."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from asyncpg import InterfaceError, PostgresError

from smilero_core.db.driver import Pool, PooledConnection
from smilero_core.db.scope import Isolation, begin, enter
from smilero_core.db.statement import Link
from smilero_core.db.work import Savepoint, Work, to_the_end
from smilero_sdk.errors import Problem

Result = TypeVar("Result")

# A rollback or commit that the server does not answer must not keep a connection of the pool for ever.
_END_SECONDS = 10.0


class AbortedTransactionError(Exception):
    """A statement failed, its error was caught outside a savepoint, and PostgreSQL answered the commit with a rollback."""


class UnitOfWork(Work):
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
        super().__init__(tenant_id)
        self._pool = pool
        self._acquire_seconds = acquire_seconds
        self._isolation = isolation
        self._read_only = read_only
        self._link: PooledConnection | None = None
        self._role: str | None = None
        self._savepoints = 0
        self._begun = False
        self._closed = False
        self._lost = False
        self._after_commit: list[Callable[[], Awaitable[None]]] = []

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Commit, or roll back; then run what waits for the commit."""
        await self._finish("commit" if kind is None else "rollback")
        if kind is None:
            for callback in self._after_commit:
                await callback()

    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call when the commit has succeeded: ring a bell, never more, since the process may die before it."""
        self._after_commit.append(callback)

    @property
    def lost(self) -> bool:
        """Whether the database took the transaction from us: no connection was to be had, or the one that we had is gone."""
        try:
            return self._lost or (self._link is not None and self._link.is_closed())
        except InterfaceError:  # the pool has taken it back already
            return True

    async def connect(self) -> None:
        """Have a connection; the transaction begins with the first statement."""
        self._require_going_on()
        if self._link is None:
            self._link = await self._acquire()

    async def send(self, role: str | None, statement: Callable[[Link], Awaitable[Result]]) -> Result:
        """Run a statement under a role."""
        link = await self._ready(role)
        return await statement(link)

    async def set_savepoint(self, role: str | None) -> Savepoint:
        """Set a savepoint and enter a role, in one message."""
        self._savepoints += 1
        saved = Savepoint(f"s{self._savepoints}", self._role)
        # A role that is not there must not leave an aborted transaction behind, and before BEGIN there is no point to go back to.
        await self._ready(self._role)
        try:
            await self._ready(role, f"savepoint {saved.name}")
        except PostgresError:
            await self.roll_back_to(saved)
            raise
        return saved

    async def release(self, saved: Savepoint) -> None:
        """Keep what was done since."""
        link = await self._ready(self._role)
        await link.execute(f"release savepoint {saved.name}")

    async def roll_back_to(self, saved: Savepoint) -> None:
        """Undo what was done since."""
        if self._link is not None and not self._link.is_closed():
            # The server takes back SET LOCAL ROLE as well, so the role is again the one of the savepoint.
            await self._link.execute(f"rollback to savepoint {saved.name}; release savepoint {saved.name}")
            self._role = saved.role

    @property
    def server_pid(self) -> int | None:
        """The server's process of the connection; None without one."""
        try:
            return int(self._link.get_server_pid()) if self._link is not None else None
        except InterfaceError:  # the pool has taken it back already
            return None

    def lose(self) -> None:
        """Give the transaction up with its connection."""
        self._lost = self._closed = True
        if self._link is not None:
            with suppress(InterfaceError):
                self._link.terminate()

    def _require_going_on(self) -> None:
        if self._closed:
            msg = "this unit of work is over"
            raise RuntimeError(msg)

    async def _ready(self, role: str | None, savepoint: str = "") -> PooledConnection:
        """The connection, with the tenant bound, the savepoint set under the last role, and the role entered: in one message."""
        self._require_going_on()
        if self._link is None:
            self._link = await self._acquire()
        statements = []
        if not self._begun:
            statements.append(begin(self.tenant_id, self._isolation, read_only=self._read_only))
        if savepoint:
            statements.append(savepoint)
        if role != self._role:
            statements.append(enter(role))
        if statements:
            await self._prepare(self._link, "; ".join(statements))
            self._role = role
        return self._link

    async def _prepare(self, link: PooledConnection, message: str) -> None:
        # Over, until the server has answered: after half a BEGIN a statement would run as the login, unbound.
        self._closed = not self._begun
        # Not known meanwhile: a cancelled switch must not be taken for a finished one.
        self._role = "unknown"
        await link.execute(message)
        self._begun, self._closed = True, False

    async def _acquire(self) -> PooledConnection:
        try:
            return await self._pool.acquire(timeout=self._acquire_seconds)
        except TimeoutError as error:
            self._lost = True
            raise Problem("database.busy", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "1"}) from error
        except OSError as error:
            self._lost = True
            # No host, no socket, nobody listening: whichever, a new connection cannot be had.
            raise Problem("database.away", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "2"}) from error

    async def _finish(self, how: str) -> None:
        self._closed = True
        if self._link is not None:
            await to_the_end(self._end(how, self._link))

    async def _end(self, how: str, link: PooledConnection) -> None:
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self.take_turn()
        except TimeoutError:  # a part that nobody ended: what it did must not be committed
            self.lose()
            await self._pool.release(link)
            raise
        try:
            await self._end_in_turn(how, link)
        finally:
            self.give_turn()

    async def _end_in_turn(self, how: str, link: PooledConnection) -> None:
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
