"""What sessions work in: a whole unit of work, or a part of one that can be undone alone."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from asyncpg import InterfaceError, PostgresError

from smilero_core.db.statement import Link

Result = TypeVar("Result")

# The event loop holds tasks weakly; an ending transaction must not be collected when its own task is gone.
_ENDING: set[asyncio.Task[Any]] = set()


@dataclass(frozen=True)
class Savepoint:
    """A point that a transaction can go back to.

    Attributes:
        role: under which it was set; the server goes back to it as well.
    """

    name: str
    role: str | None


class Work(ABC):
    """Statements run one at a time, whichever tasks send them: each waits for its turn.

    What a part needs of the work around it (`send`, `set_savepoint`, `release`, `roll_back_to`) is called with the turn held.
    """

    def __init__(self, tenant_id: UUID | None) -> None:
        self._turn = asyncio.Lock()
        self.tenant_id = tenant_id

    async def run(self, role: str | None, statement: Callable[[Link], Awaitable[Result]]) -> Result:
        """Run a statement under a role: the tenant is bound and the role entered before it, whatever ran last."""
        async with self._turn:
            return await self.send(role, statement)

    @asynccontextmanager
    async def savepoint(self, role: str | None) -> AsyncIterator[None]:
        """What fails inside is undone; the transaction goes on. Savepoints nest, and are not for two tasks at once."""
        async with self._turn:
            saved = await self.set_savepoint(role)
        try:
            yield
            # Fails when a statement failed and its error was swallowed: that too is undone here.
            async with self._turn:
                await self.release(saved)
        except BaseException:
            # When this fails too, the transaction is lost, and the first error tells why.
            with suppress(PostgresError, InterfaceError):
                await to_the_end(self._go_back(saved))
            raise

    @abstractmethod
    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call when the commit has succeeded: ring a bell, never more, since the process may die before it."""

    @abstractmethod
    async def connect(self) -> None:
        """Have a connection, which may have to be waited for."""

    @abstractmethod
    async def send(self, role: str | None, statement: Callable[[Link], Awaitable[Result]]) -> Result:
        """Run a statement."""

    @abstractmethod
    async def set_savepoint(self, role: str | None) -> Savepoint:
        """Set a savepoint under the role of the last statement, then enter a role."""

    @abstractmethod
    async def release(self, saved: Savepoint) -> None:
        """Keep what was done since. Raises asyncpg's errors when the transaction is aborted."""

    @abstractmethod
    async def roll_back_to(self, saved: Savepoint) -> None:
        """Undo what was done since."""

    @property
    @abstractmethod
    def lost(self) -> bool:
        """Whether the database took the transaction from us: no connection was to be had, or the one that we had is gone."""

    @property
    @abstractmethod
    def server_pid(self) -> int | None:
        """The server's process of the connection, for somebody who must end it from outside; None without one."""

    @abstractmethod
    def lose(self) -> None:
        """Give the transaction up with its connection."""

    async def take_turn(self) -> None:
        """Let no statement of anybody else run until `give_turn`."""
        await self._turn.acquire()

    def give_turn(self) -> None:
        """Let others go on."""
        self._turn.release()

    async def _go_back(self, saved: Savepoint) -> None:
        async with self._turn:
            await self.roll_back_to(saved)


async def to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Await something that must finish although we are cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    _ENDING.add(task)
    task.add_done_callback(_ENDING.discard)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
