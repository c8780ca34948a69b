"""Bringing a database to this version."""

from collections.abc import Callable

import asyncpg
from sqlalchemy.exc import DBAPIError

from smilero_core.db.bootstrap import bootstrap
from smilero_core.db.lineages import upgrade
from smilero_core.db.settings import DatabaseSettings
from smilero_core.plugins.host import PluginHost
from smilero_sdk.errors import Problem

Told = Callable[[str], None]


async def upgrade_database(settings: DatabaseSettings, host: PluginHost, told: Told = lambda _: None) -> None:
    """Logins first where an administrator is named, then the core's revisions, then each plugin's.

    Args:
        told: called with a schema's name before its revisions run.

    Raises `database.migration_failed` with the schema and PostgreSQL's reason, asyncpg's errors when there is no connection.
    """
    if settings.database_url:
        await bootstrap(settings)
    current = "core"

    def note(schema: str) -> None:
        nonlocal current
        current = schema
        told(schema)

    try:
        await upgrade(settings.owner(), host.lineages(), note)
    except (DBAPIError, asyncpg.PostgresError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise Problem("database.migration_failed", 500, schema=current, reason=reason) from error
