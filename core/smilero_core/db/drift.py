"""Whether models and migrations say the same: Tortoise builds a shadow database, which is compared with the migrated one.

Tables, columns, types, nullability and server defaults are compared. Keys, indexes and checks are not: the models do not
say them (Tortoise has no composite keys), and the rules of `isolation.sql` look at the migrated ones.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Dialect, MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeEngine
from tortoise.context import TortoiseContext
from tortoise.utils import get_schema_sql

from smilero_core.db.isolation import SYSTEM_TABLE
from smilero_core.db.orm import models_config
from smilero_core.db.partitions import PARTITION
from smilero_core.db.roles import CORE_SCHEMA, plugin_role
from smilero_core.db.settings import with_database

Answer = TypeVar("Answer")

# The schema that a model gets whose Meta forgot to name one.
_DEFAULT_SCHEMA = "public"


async def find_drift(admin_url: str, apps: Mapping[str, Iterable[str]]) -> list[str]:
    """Compare the models with the database that `admin_url` names, both ways.

    Args:
        admin_url: the migrated database, by a login that may create databases.
        apps: model modules by Tortoise app, as `init_models` takes them; each app has the schema of its name.

    Returns:
        One line for each difference, as `core.shop.phone: type TEXT in the model, VARCHAR in the migrations`.
    """
    schemas = [CORE_SCHEMA if app == CORE_SCHEMA else plugin_role(app) for app in apps]
    async with _shadow(admin_url) as shadow_url:
        connection = await asyncpg.connect(shadow_url)
        try:
            await connection.execute(await _schema_sql(apps))
        finally:
            await connection.close()
        modelled = await _look(shadow_url, partial(_reflect, schemas))
    return sorted(await _look(admin_url, partial(_compare, schemas, modelled)))


async def _schema_sql(apps: Mapping[str, Iterable[str]]) -> str:
    """What Tortoise would create. In a context of its own, beside that of the running product."""
    async with TortoiseContext() as context:
        await context.init(config=models_config(apps))
        return get_schema_sql(context.db(), safe=True)


@asynccontextmanager
async def _shadow(admin_url: str) -> AsyncIterator[str]:
    name = f"smilero_shadow_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute(f"create database {name} template template0")
        try:
            yield with_database(admin_url, name)
        finally:
            await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()


async def _look(url: str, look: Callable[[Connection], Answer]) -> Answer:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=partial(asyncpg.connect, url), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


def _reflect(schemas: list[str], connection: Connection) -> MetaData:
    tables = MetaData()
    for schema in (None, *schemas):
        tables.reflect(connection, schema=schema)
    return tables


def _compare(schemas: list[str], modelled: MetaData, connection: Connection) -> list[str]:
    def included(name: str | None, kind: str, _: Any) -> bool:  # noqa: ANN401 - Alembic's signature
        return name in {None, *schemas} if kind == "schema" else name != SYSTEM_TABLE and not PARTITION.fullmatch(name or "")

    options = {"include_schemas": True, "include_name": included, "compare_type": True, "compare_server_default": True}
    differences = compare_metadata(MigrationContext.configure(connection, opts=options), modelled)
    # Alembic puts what it found about one column into a list of its own.
    flat = [one for found in differences for one in (found if isinstance(found, list) else [found])]
    return [line for one in flat if (line := _line(one, connection.dialect)) is not None]


def _line(difference: tuple[Any, ...], dialect: Dialect) -> str | None:
    """One difference, or None for what is not compared here."""
    match difference:
        case ("add_table", table):
            return f"{table.schema or _DEFAULT_SCHEMA}.{table.name}: only in the models"
        case ("remove_table", table):
            return f"{table.schema or _DEFAULT_SCHEMA}.{table.name}: only in the migrations"
        case ("add_column", schema, table, column):
            return f"{schema}.{table}.{column.name}: only in the model"
        case ("remove_column", schema, table, column):
            return f"{schema}.{table}.{column.name}: only in the migrations"
        case (("modify_type" | "modify_nullable" | "modify_default") as what, schema, table, column, _, migrated, model):
            word = what.removeprefix("modify_")
            return f"{schema}.{table}.{column}: {word} {_said(model, dialect)} in the model, {_said(migrated, dialect)} in the migrations"
        case _:
            return None


def _said(value: Any, dialect: Dialect) -> str:  # noqa: ANN401 - a type, a default or a boolean
    if isinstance(value, TypeEngine):
        return value.compile(dialect=dialect)
    return str(getattr(value, "arg", value))
