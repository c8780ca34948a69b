"""What an administrator of the server does once: the logins, and what the server must no longer allow.

Run by `smilero db upgrade` when `SMILERO_DATABASE_URL` names an administrator. Idempotent.
"""

import logging

import asyncpg

from smilero_core.db.driver import Connection
from smilero_core.db.roles import APP_ROLE, LOGINS, OWNER_ROLE, PLATFORM_ROLE
from smilero_core.db.settings import DatabaseSettings, database_name

log = logging.getLogger(__name__)

# CREATEROLE: the owner makes each plugin's role when the plugin is installed, with no administrator (PostgreSQL 16
# lets it manage only the roles that it made).
_ATTRIBUTES = {
    OWNER_ROLE: "login createrole nosuperuser nocreatedb nobypassrls",
    APP_ROLE: "login nosuperuser nocreatedb nocreaterole nobypassrls",
    PLATFORM_ROLE: "login nosuperuser nocreatedb nocreaterole nobypassrls",
}

# The lock of migrations lasts for a session, so its owner needs one of the functions that are sealed below.
MIGRATION_LOCK = "pg_advisory_lock(bigint)"

# Ways in which one injected statement could bind another tenant, or leave something behind on a connection of the pool.
SEALED_FUNCTIONS = (
    "set_config(text, text, boolean)",
    MIGRATION_LOCK,
    "pg_advisory_lock(integer, integer)",
    "pg_advisory_lock_shared(bigint)",
    "pg_advisory_lock_shared(integer, integer)",
    "pg_try_advisory_lock(bigint)",
    "pg_try_advisory_lock(integer, integer)",
    "pg_try_advisory_lock_shared(bigint)",
    "pg_try_advisory_lock_shared(integer, integer)",
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid, bytea)",
    "lo_open(oid, integer)",
    "lo_put(oid, bigint, bytea)",
)


async def bootstrap(settings: DatabaseSettings) -> None:
    """Create or repair the logins and seal the database. Raises asyncpg's errors when the server refuses."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext('smilero bootstrap'))")
            for role in LOGINS:
                await _login(connection, role, settings.password(role))
            await admit(connection, database_name(settings.database_url))
            await _seal(connection)
    finally:
        await connection.close()


async def _login(connection: Connection, role: str, password: str) -> None:
    known = await connection.fetchval("select true from pg_roles where rolname = $1", role)
    verb = "alter" if known else "create"
    # The password is hexadecimal (settings.py), so it needs no quoting beyond the quotes.
    await connection.execute(f"{verb} role {role} {_ATTRIBUTES[role]} password '{password}'")


async def admit(connection: Connection, database: str) -> None:
    """Let our logins into a database, and nobody else. A copy by CREATE DATABASE … TEMPLATE needs it again: the grants stay behind."""
    name = '"' + database.replace('"', '""') + '"'
    await connection.execute(f"revoke all on database {name} from public")
    await connection.execute(f"grant connect, create on database {name} to {OWNER_ROLE}")
    await connection.execute(f"grant connect on database {name} to {APP_ROLE}, {PLATFORM_ROLE}")


async def _seal(connection: Connection) -> None:
    await connection.execute("revoke create on schema public from public")
    # On a managed server these answer with a warning and change nothing: `db check` then says so.
    for function in SEALED_FUNCTIONS:
        await connection.execute(f"revoke execute on function pg_catalog.{function} from public")
    await connection.execute(f"grant execute on function pg_catalog.{MIGRATION_LOCK} to {OWNER_ROLE}")
    await connection.execute("revoke update on pg_catalog.pg_settings from public")
