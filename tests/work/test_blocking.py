"""A job that holds up its worker or ends it: it is put aside by name, and everybody else's work is done (check F2)."""

import pytest

from smilero_core.db.settings import DatabaseSettings
from tests.support.cluster import Cluster
from tests.support.waiting import until
from tests.support.workers import Yard, open_stable, open_yard

pytestmark = pytest.mark.suite("F2")

SHORT = {"SMILERO_BLOCKED_NOTICE_SECONDS": "0.5", "SMILERO_BLOCKED_END_SECONDS": "1.0"}


async def test_a_job_that_blocks_its_worker_is_named_and_put_aside(own_database: DatabaseSettings, cluster: Cluster) -> None:
    async with open_yard(own_database) as yard, open_stable(own_database, cluster.redis_url, **SHORT) as stable:
        tenant, other = yard.tenants
        await yard.later(tenant, "block")
        await stable.start()

        async def ended() -> bool:
            return stable.ended()

        await until(ended, 60)
        # The attempt counts although its transaction was lost, and is the last one: the next worker would end by it too.
        assert await yard.jobs(tenant) == [("block", "dead", 1)]
        rows = await yard.admin.fetch("select hook, error, trace from core.plugin_failure where tenant_id = $1", tenant.id)
        assert [(row["hook"], "has blocked the process" in row["error"]) for row in rows] == [("job block", True)]
        assert "in block" in rows[0]["trace"]

        for one in yard.tenants:
            await yard.later(one, "note", 5)
        await stable.start()

        async def done() -> bool:
            return await yard.effects(tenant) == await yard.effects(other) == ["note 5"]

        await until(done, 60)


@pytest.mark.parametrize("way", ["exit", "cancel"])
async def test_a_job_cannot_end_its_worker(yard: Yard, way: str) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, way)
    await yard.later(tenant, "note", 1)
    await yard.work_off(tenant)
    assert await yard.jobs(tenant) == [(way, "dead", 1)]
    assert await yard.effects(tenant) == ["note 1"]
    assert "EndedItselfError" in await yard.admin.fetchval("select last_error from core.job where tenant_id = $1", tenant.id)
