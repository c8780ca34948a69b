"""Tortoise inside our transactions: its clients are given the connection of a unit of work, never a pool of their own."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from asyncpg import Record
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import TransactionContext
from tortoise.backends.base_postgres.client import translate_exceptions

from smilero_core.db.statement import Link, execute_prepared, require_data_statement
from smilero_core.db.work import Work

CONNECTION = "default"


class UnboundModelError(RuntimeError):
    """A model was used without `using_db(…)`: no tenant, no role, no transaction."""


class UnitClient(AsyncpgDBClient):
    """A Tortoise client for one role within one unit of work. Every statement is prepared, and so is only one."""

    def __init__(self, unit: Work, role: str | None) -> None:
        super().__init__(connection_name=CONNECTION)
        self._unit = unit
        self._role = role

    @translate_exceptions
    async def execute_insert(self, query: str, values: list[Any]) -> Record | None:
        """The row of RETURNING, if the statement has one."""
        require_data_statement(query)
        return await self._unit.run(self._role, lambda link: link.fetchrow(query, *values))

    @translate_exceptions
    async def execute_many(self, query: str, values: list[Any]) -> None:
        """One statement for many rows."""
        require_data_statement(query)
        await self._unit.run(self._role, lambda link: link.executemany(query, values))

    @translate_exceptions
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, list[Any]]:
        """The number of rows touched, and the rows, those of RETURNING too."""
        require_data_statement(query)
        return await self._unit.run(self._role, lambda link: _query(link, query, values or []))

    @translate_exceptions
    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_script(self, query: str) -> NoReturn:
        """Refused: a script is many statements."""
        raise UnboundModelError(query[:60])

    async def create_connection(self, with_db: bool) -> NoReturn:  # noqa: ARG002, FBT001 - Tortoise's signature
        """Refused: the unit of work has the connection."""
        raise UnboundModelError

    def _in_transaction(self) -> TransactionContext:
        msg = "a unit of work is the transaction; use ctx.db.savepoint()"
        raise UnboundModelError(msg)


async def _query(link: Link, query: str, values: list[Any]) -> tuple[int, list[Any]]:
    if query.startswith(("UPDATE", "DELETE", "INSERT")) and " RETURNING " not in query:
        return await execute_prepared(link, query, values), []
    rows = await link.fetch(query, *values)
    return len(rows), rows


class RefusingClient(AsyncpgDBClient):
    """Tortoise's default connection: a query that names no `using_db(…)` ends here, with no database behind it."""

    def acquire_connection(self) -> NoReturn:
        """Refused."""
        msg = "name the session: Model.filter(…).using_db(ctx.db.orm)"
        raise UnboundModelError(msg)

    async def create_connection(self, with_db: bool) -> NoReturn:  # noqa: ARG002, FBT001 - Tortoise's signature
        """Refused."""
        raise UnboundModelError

    def _in_transaction(self) -> NoReturn:
        msg = "a unit of work is the transaction; use ctx.db.savepoint()"
        raise UnboundModelError(msg)


# Tortoise finds a connection's class by this name in the module that the configuration calls its engine.
client_class = RefusingClient


def models_config(apps: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """Tortoise's configuration: models by app, and no database."""
    return {
        "connections": {CONNECTION: {"engine": __name__, "credentials": {}}},
        "apps": {name: {"models": list(modules), "default_connection": CONNECTION} for name, modules in apps.items()},
    }


async def init_models(apps: Mapping[str, Iterable[str]]) -> None:
    """Load the models, by app: `core`, and one app for each plugin. No connection is opened."""
    # Requests run in other contexts than the start: Tortoise's context variable would not reach them.
    await Tortoise.init(config=models_config(apps), use_tz=True, _enable_global_fallback=True)


async def forget_models() -> None:
    """Undo `init_models`."""
    await Tortoise.close_connections()
