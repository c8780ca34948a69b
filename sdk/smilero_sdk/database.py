"""A plugin's way to its own tables."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from asyncpg import Record
from tortoise.backends.base.client import BaseDBAsyncClient


class Database(Protocol):
    """The plugin's own tables, and the shared registry to read, in the transaction of the request or job.

    Each statement is one prepared statement under the plugin's role: a second statement behind a `;` is refused, and so
    is everything but SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES and WITH. Errors are asyncpg's.
    """

    @property
    def orm(self) -> BaseDBAsyncClient:
        """For Tortoise: `Campaign.filter(...).using_db(ctx.db.orm)`."""

    async def fetch(self, sql: str, /, *args: object) -> list[Record]:
        """All rows."""

    async def fetch_row(self, sql: str, /, *args: object) -> Record | None:
        """The first row, or None."""

    async def fetch_value(self, sql: str, /, *args: object) -> object:
        """The first column of the first row, or None."""

    async def execute(self, sql: str, /, *args: object) -> int:
        """The number of rows touched."""

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]], /) -> None:
        """One statement for many rows of arguments, in one round trip."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """What fails inside is undone; the transaction goes on."""
