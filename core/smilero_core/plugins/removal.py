"""Dropping a plugin's schema, role, grants and the host's rows about it, and the proof from the catalogue that they are gone."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from smilero_core.db.driver import Connection
from smilero_core.db.roles import plugin_role
from smilero_core.db.scope import bind
from smilero_core.plugins.rows import Table

# Answers to commands, kept for 48 hours: `<plugin>.<operation> <address>` of the API, `<plugin> <address>` of pages.
_ANSWERS = "from core.idempotency where split_part(split_part(operation, ' ', 1), '.', 1) = $1"

# Everything that a role may hold in this database, one line for each: what it is, and how it is taken back.
_GRANTS = """
with mine as (select oid from pg_roles where rolname = $1), granted as (
  select format('schema %I', n.nspname) as what from pg_namespace n, aclexplode(n.nspacl) g, mine where g.grantee = mine.oid
  union
  select format('%s %I.%I', case c.relkind when 'S' then 'sequence' else 'table' end, n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g, mine where g.grantee = mine.oid
  union
  select format('function %s', p.oid::regprocedure) from pg_proc p, aclexplode(p.proacl) g, mine where g.grantee = mine.oid
) select what from granted order by 1
"""


async def drop_plugin(link: Connection, name: str, tables: Sequence[Table], tenants: Sequence[UUID]) -> bool:
    """Drop it all within the transaction, and note that it was uninstalled.

    Args:
        tables: the core's tables with rows about it.

    Returns:
        Whether the role stays, because another database of the server has the plugin too.
    """
    role = plugin_role(name)
    await link.execute(f"drop schema if exists {role} cascade")
    await clear(link, name, tables, tenants)
    await link.execute("insert into core.plugin_uninstalled (plugin) values ($1) on conflict do nothing", name)
    for row in await link.fetch(_GRANTS, role):
        await link.execute(f"revoke all on {row['what']} from {role}")
    try:
        async with link.transaction():
            await link.execute(f"drop role if exists {role}")
    except asyncpg.DependentObjectsStillExistError:
        return True
    return False


async def clear(link: Connection, name: str, tables: Iterable[Table], tenants: Iterable[UUID]) -> None:
    """Delete the host's rows about a plugin, of every foundation, within the transaction."""
    for tenant in tenants:
        await link.execute(bind(tenant))
        for table in tables:
            await table.clear(link)
        await link.execute(f"delete {_ANSWERS}", name)  # noqa: S608 - a constant of this module


async def leftovers(link: Connection, name: str, tables: Sequence[Table], tenants: Sequence[UUID]) -> list[str]:
    """What of a plugin the catalogue and the host's tables still have, after the rows are gone that came in meanwhile."""
    async with link.transaction():
        await clear(link, name, tables, tenants)
    role = plugin_role(name)
    left = [f"grant on {row['what']}" for row in await link.fetch(_GRANTS, role)]
    left += [row["what"] for row in await link.fetch(_OBJECTS, role)]
    async with link.transaction():
        for tenant in tenants:
            await link.execute(bind(tenant))
            left += [f"rows of {table.address}" for table in tables if await table.count(link)]
            if await link.fetchval(f"select exists (select {_ANSWERS})", name):  # noqa: S608 - a constant of this module
                left.append("rows of core.idempotency")
    return sorted(set(left))


_OBJECTS = """
select 'schema ' || nspname as what from pg_namespace where nspname = $1
union all
select 'role ' || rolname from pg_roles r where rolname = $1 and not exists (
  select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid
    and d.dbid not in (0, (select oid from pg_database where datname = current_database())))
union all
select 'default privileges of ' || pg_get_userbyid(d.defaclrole) from pg_default_acl d, aclexplode(d.defaclacl) g
where pg_get_userbyid(g.grantee) = $1 or pg_get_userbyid(d.defaclrole) = $1
"""
