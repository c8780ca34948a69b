"""All of it together: a web process that rings, workers that hear, and the console's command to tell a plugin again."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.sessions import open_session
from tests.support.cluster import Cluster
from tests.support.faces import SESSION, Guest
from tests.support.foundations import found
from tests.support.waiting import until
from tests.support.web import http_client, running_server
from tests.support.workers import Yard, installed_toll, open_stable, open_yard, tenant_of


async def test_what_happened_while_off_is_told_by_the_console_and_done_by_a_worker(
    own_database: DatabaseSettings, cluster: Cluster
) -> None:
    with installed_toll() as path:
        web = running_server(own_database, cluster.redis_url, PYTHONPATH=path, SMILERO_PLUGINS="toll")
        async with (
            open_yard(own_database) as yard,
            open_stable(own_database, cluster.redis_url) as stable,
            web as server,
            http_client() as http,
        ):
            foundation = await found(yard.database, yard.vault, "toll", plugins=("toll",))
            tenant = await tenant_of(yard.database, foundation.id)
            await yard.switch(tenant, enabled=False)
            await yard.passes(tenant, 1, 2)
            await stable.start(1)

            async def logged() -> bool:
                return bool(await yard.admin.fetchval("select count(*) from core.event_log") == 2)

            await until(logged, 60)
            await yard.switch(tenant, enabled=True)
            staff = Guest(http, server.url, foundation.host)
            async with yard.database.unit(foundation.id) as unit:
                staff.cookies[SESSION] = await open_session(Session(unit), foundation.people["staff"], factor=True)
            assert 'name="since"' in (await staff.get("/console/work")).text
            since = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
            answer = await staff.post("/console/work/plugins/toll/replay", {"since": since}, key=str(uuid4()))
            assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
            await until(lambda: has(yard, foundation.id, ["count 1", "count 2"]), 60)
            told = await yard.admin.fetchval("select params->>'count' from core.audit_entry where sentence = 'console.audit.replayed'")
            assert told == "2"


async def has(yard: Yard, tenant_id: object, wanted: list[str]) -> bool:
    rows = await yard.admin.fetch("select handler, number from plugin_toll.effect where tenant_id = $1", tenant_id)
    return sorted(f"{row['handler']} {row['number']}" for row in rows) == wanted
