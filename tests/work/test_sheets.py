"""A list of shops whose worker is killed while it reads it, and while it keeps it: the list comes in once, and never a half of it."""

from functools import partial
from uuid import UUID

import pytest

from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.people import NewPerson, People
from smilero_core.jobs.queue import Asker, JobQueue
from smilero_core.plugins.context import CORE
from smilero_core.registry.import_runs import ImportRuns
from smilero_sdk.context import Tenant
from smilero_sdk.roles import Role
from smilero_tenants.imports.jobs import IMPORT_JOBS, KEEP, READ, OneRun
from tests.conftest import LookedAt
from tests.support.cluster import Cluster
from tests.support.sheets import HALFWAY, WRITTEN, numbered, shut, stands
from tests.support.waiting import until
from tests.support.workers import Yard, open_stable, open_yard

LINES = 2_000


async def begin(yard: Yard, tenant: Tenant) -> tuple[UUID, UUID]:
    """Somebody of the foundation sends a list. Who, and the run."""
    async with yard.speaking(tenant, CORE) as context:
        (person,) = await People(context.host, tenant.id, yard.vault).ensure([NewPerson("010-7777-0001", "지기", ((Role.STAFF, None),))])
        market = await yard.admin.fetchval("select id from core.market where tenant_id = $1", tenant.id)
        run = await ImportRuns(context.host).begin("명단.csv", numbered(LINES), market, person)
        await _queue(context.host, person).later(READ, OneRun(run_id=run))
    return person, run


async def let(yard: Yard, tenant: Tenant, person: UUID, run: UUID) -> None:
    """And lets it be kept."""
    async with yard.speaking(tenant, CORE) as context:
        assert await ImportRuns(context.host).let(run)
        await _queue(context.host, person).later(KEEP, OneRun(run_id=run))


def _queue(session: Session, person: UUID) -> JobQueue:
    return JobQueue(session, CORE, IMPORT_JOBS, lambda: None, Asker(person, Role.STAFF))


@pytest.mark.suite("D1")
async def test_a_list_whose_worker_is_killed_comes_in_once(own_database: DatabaseSettings, cluster: Cluster, looked_at: LookedAt) -> None:
    async with open_yard(own_database) as yard, open_stable(own_database, cluster.redis_url) as stable:
        tenant, other = yard.tenants
        shops = "select count(*) from core.shop where tenant_id = $1"
        before = await yard.admin.fetchval(shops, tenant.id)
        await stable.start(1)

        async def so_far() -> tuple[str, int, int]:
            row = await yard.admin.fetchrow("select state, seen, added from core.import_run where id = $1", run)
            assert row is not None
            return row["state"], row["seen"], row["added"]

        async def is_so(wanted: tuple[str, int, int]) -> bool:
            return await so_far() == wanted

        async with shut(own_database.database_url, HALFWAY) as gate:
            person, run = await begin(yard, tenant)
            await until(partial(stands, gate), 60)
            assert (await so_far())[0] == "reading"
            assert 0 < (await so_far())[1] < LINES
            killed = await stable.kill_all()
        # Begun, and not known to have ended: it waits for its lease, and then begins anew.
        await yard.come_due()
        await until(partial(is_so, ("checked", LINES, LINES)), 60)
        assert await yard.admin.fetchval(shops, tenant.id) == before

        async with shut(own_database.database_url, WRITTEN) as gate:
            await let(yard, tenant, person, run)
            await until(partial(stands, gate), 60)
            # Every shop is written, and nobody sees one.
            assert await yard.admin.fetchval(shops, tenant.id) == before
            killed += await stable.kill_all()
        await until(partial(is_so, ("done", LINES, LINES)), 60)
        looked_at("kills while a list came in", range(killed))
        assert await yard.admin.fetchval(shops, tenant.id) == before + LINES
        assert await yard.admin.fetchval(shops, other.id) == 1
        assert await yard.admin.fetchval("select count(*) from core.audit_entry where sentence = 'imports.audit.shops'") == 1
        assert await yard.admin.fetchval("select count(*) from core.job where plugin = $1 and name = any($2)", CORE, [READ, KEEP]) == 0
        assert killed == 2
