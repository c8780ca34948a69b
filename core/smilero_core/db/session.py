"""Statements of one role within a unit of work: what repositories hold."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import cached_property

from asyncpg import Record
from tortoise.backends.base.client import BaseDBAsyncClient

from smilero_core.db.orm import UnitClient
from smilero_core.db.statement import execute_prepared, require_data_statement
from smilero_core.db.work import Work


class Session:
    """Implements `smilero_sdk.context.Database` for one role.

    Args:
        role: a plugin's role, or None for the login itself.
    """

    def __init__(self, unit: Work, role: str | None = None) -> None:
        self._unit = unit
        self._role = role

    @cached_property
    def orm(self) -> BaseDBAsyncClient:
        """The Tortoise client of this session."""
        return UnitClient(self._unit, self._role)

    async def fetch(self, sql: str, /, *args: object) -> list[Record]:
        """All rows."""
        require_data_statement(sql)
        return await self._unit.run(self._role, lambda link: link.fetch(sql, *args))

    async def fetch_row(self, sql: str, /, *args: object) -> Record | None:
        """The first row, or None."""
        require_data_statement(sql)
        return await self._unit.run(self._role, lambda link: link.fetchrow(sql, *args))

    async def fetch_value(self, sql: str, /, *args: object) -> object:
        """The first column of the first row, or None."""
        row = await self.fetch_row(sql, *args)
        return row[0] if row else None

    async def execute(self, sql: str, /, *args: object) -> int:
        """The number of rows touched."""
        require_data_statement(sql)
        return await self._unit.run(self._role, lambda link: execute_prepared(link, sql, args))

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]], /) -> None:
        """One statement for many rows of arguments."""
        require_data_statement(sql)
        await self._unit.run(self._role, lambda link: link.executemany(sql, rows))

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """What fails inside is undone; the transaction goes on."""
        return self._unit.savepoint(self._role)
