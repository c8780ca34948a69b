"""A part of a unit of work that fails alone: a savepoint that is set by the first statement, and costs nothing without one."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TypeVar

from asyncpg import InterfaceError, PostgresError

from smilero_core.db.statement import Link
from smilero_core.db.work import Savepoint, Work, to_the_end

Result = TypeVar("Result")

# A statement that outlives the code which sent it is given so long; then the transaction is given up with its connection.
_STRAY_SECONDS = 1.0


class PartOverError(RuntimeError):
    """A statement came from code whose part had ended: what a task of it left behind must not touch the transaction any more."""


class Part(Work):
    """End it with `keep` or `undo`, always.

    From its first statement to its end no other statement of the whole runs, so several parts may work at once: each waits for
    its turn. The savepoint and the role of the statement travel in one message.

    Args:
        whole: a unit of work, or another part.
        waiting: entered while it waits for its turn or for a connection, neither of which is the fault of its code.
    """

    def __init__(self, whole: Work, waiting: Callable[[], AbstractContextManager[object]] = nullcontext) -> None:
        super().__init__(whole.tenant_id)
        self._whole = whole
        self._waiting = waiting
        self._saved: Savepoint | None = None
        self._over = False
        self._after_commit: list[Callable[[], Awaitable[None]]] = []

    @property
    def used(self) -> bool:
        """Whether it has sent anything."""
        return self._saved is not None

    async def keep(self) -> None:
        """End it and let what it did be part of the whole. Raises asyncpg's errors when a failed statement was swallowed; `undo` then."""
        self._require_going_on()
        self._over = True
        if self._saved is not None:
            async with self._turn:
                await to_the_end(self._release(self._saved))
        for callback in self._after_commit:
            self._whole.after_commit(callback)

    async def undo(self) -> None:
        """End it and take back what it did. Never fails: a transaction that cannot be mended is given up with its connection."""
        self._over = True
        if self._saved is not None:
            await to_the_end(self._take_back())

    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call when the whole has been committed, if this part was kept."""
        self._after_commit.append(callback)

    async def connect(self) -> None:
        """Have a connection."""
        await self._whole.connect()

    async def send(self, role: str | None, statement: Callable[[Link], Awaitable[Result]]) -> Result:
        """Run a statement, the first one behind a savepoint."""
        await self._open(role)
        return await self._whole.send(role, statement)

    async def set_savepoint(self, role: str | None) -> Savepoint:
        """Set another savepoint within this one."""
        await self._open(role)
        return await self._whole.set_savepoint(role)

    async def release(self, saved: Savepoint) -> None:
        """Keep what was done since."""
        self._require_going_on()
        await self._whole.release(saved)

    async def roll_back_to(self, saved: Savepoint) -> None:
        """Undo what was done since."""
        # Over, the whole part is or will be undone, and this point of it with it.
        if not self._over:
            await self._whole.roll_back_to(saved)

    @property
    def lost(self) -> bool:
        """Whether the database took the whole transaction from us."""
        return self._whole.lost

    @property
    def server_pid(self) -> int | None:
        """The server's process of the connection."""
        return self._whole.server_pid

    def lose(self) -> None:
        """Give the whole transaction up."""
        self._whole.lose()

    def _require_going_on(self) -> None:
        if self._over:
            raise PartOverError

    async def _open(self, role: str | None) -> None:
        self._require_going_on()
        if self._saved is not None:
            return
        with self._waiting():
            await self._whole.take_turn()
            try:
                await self._whole.connect()
                self._require_going_on()
                # A cancellation must not leave it unknown whether there is a point to go back to.
                await to_the_end(self._save(role))
            finally:
                if self._saved is None:
                    self._whole.give_turn()
        if self._over:  # given up meanwhile: nobody else will take this back
            await to_the_end(self._go_back_whole())
            raise PartOverError

    async def _save(self, role: str | None) -> None:
        self._saved = await self._whole.set_savepoint(role)

    async def _release(self, saved: Savepoint) -> None:
        await self._whole.release(saved)
        self._end()

    async def _take_back(self) -> None:
        try:
            async with asyncio.timeout(_STRAY_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            self._whole.lose()
            self._end()
            return
        try:
            await self._go_back_whole()
        finally:
            self._turn.release()

    async def _go_back_whole(self) -> None:
        try:
            if self._saved is not None:
                with suppress(PostgresError, InterfaceError, OSError):
                    await self._whole.roll_back_to(self._saved)
        finally:
            self._end()

    def _end(self) -> None:
        if self._saved is not None:
            self._saved = None
            self._whole.give_turn()
