"""`smilero worker` and `smilero plugin replay` as processes."""

import signal
from datetime import UTC, datetime, timedelta

import pytest

from smilero_core.db.settings import DatabaseSettings
from tests.support.commands import running, smilero
from tests.support.waiting import until
from tests.support.workers import installed_toll, open_yard


def told(settings: DatabaseSettings, path: str) -> dict[str, str]:
    secret = settings.secret_key.get_secret_value()
    return {"SMILERO_DATABASE_URL": settings.database_url, "SMILERO_SECRET_KEY": secret, "SMILERO_PLUGINS": "toll", "PYTHONPATH": path}


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({}, "database.no_url"),
        ({"SMILERO_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"}, "database.no_secret"),
        ({"SMILERO_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c", "SMILERO_SECRET_KEY": "s"}, "database.unreachable"),
        ({"SMILERO_ENV": "demo"}, "cli.demo_needs_embedded"),
    ],
)
def test_a_worker_without_a_database_is_refused(variables: dict[str, str], code: str) -> None:
    assert smilero("worker", **variables).refused(code)


async def test_what_the_shell_tells_again_is_done_by_a_worker_without_redis_that_ends_in_order(own_database: DatabaseSettings) -> None:
    with installed_toll() as path:
        variables = told(own_database, path)
        async with open_yard(own_database) as yard:
            tenant, _ = yard.tenants
            await yard.switch(tenant, enabled=False)
            await yard.passes(tenant, 1)
            await yard.relay.hand_over(tenant.id)
            await yard.switch(tenant, enabled=True)
            since = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
            assert smilero("plugin", "replay", "nothing", "--tenant", tenant.slug, "--from", since, **variables).refused("plugins.unknown")
            done = smilero("plugin", "replay", "toll", "--tenant", tenant.slug, "--from", since, **variables)
            assert (done.code, "1건" in done.err) == (0, True), done
            with running("worker", **variables) as worker:
                worker.until("일꾼이 준비되었습니다")

                async def counted() -> bool:
                    return await yard.effects(tenant) == ["count 1"]

                await until(counted, 60)
                ended = worker.end(signal.SIGTERM)
            assert (ended.code, ended.err.splitlines()[-1]) == (0, "멈췄습니다. 자료는 그대로입니다.")
