"""`smilero audit verify` and the worker that seals, as an operator has them; and what was there before the chain."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from smilero_core.db.database import Database
from smilero_core.db.lineages import Lineage, migrate
from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.vault import Vault
from smilero_core.platform.tenants import NewTenant, TenantOffice
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role
from tests.house.tree import ROOT
from tests.support.cluster import BLANK, Cluster, connected
from tests.support.commands import Done, smilero
from tests.support.tenants import plant
from tests.support.waiting import until
from tests.support.workers import open_stable

CORE = Lineage.of_core()


async def command(settings: DatabaseSettings, *arguments: str) -> Done:
    """Run a command on a database, beside this loop."""
    secret = settings.secret_key.get_secret_value()
    return await asyncio.to_thread(smilero, *arguments, SMILERO_DATABASE_URL=settings.database_url, SMILERO_SECRET_KEY=secret)


async def test_a_worker_seals_and_the_command_proves_and_names(own_database: DatabaseSettings, cluster: Cluster) -> None:
    settings = own_database
    verify = ("audit", "verify", "--tenant", "changwon")
    assert (await command(settings, "tenant", "create", "changwon", "--name", "창원시상권활성화재단")).code == 0
    async with Database(settings) as database, connected(settings.database_url) as admin:
        before = await command(settings, *verify, "--json")
        assert (before.json["sealed"], before.json["unsealed"], before.json["breaks"]) == (0, 1, [])
        assert before.json["unsealed_seconds"] > 0
        async with open_stable(settings, cluster.redis_url) as stable:
            await stable.start(2)

            async def sealed() -> bool:
                return bool(await admin.fetchval("select count(*) from core.audit_unsealed") == 0)

            await until(sealed, 60)
            # Suspended, and sealed all the same.
            tenant = await TenantOffice(database).create(NewTenant("busy", "바쁜 재단"))
            await admin.execute("update core.tenant set status = 'suspended' where id = $1", tenant)
            await until(sealed, 60)
            assert await admin.fetchval("select count(*) from core.audit_seal") == 2
        whole = await command(settings, *verify, "--json")
        assert (whole.code, whole.json["sealed"], whole.json["unsealed"]) == (0, 1, 0)
        told = await command(settings, *verify, "--head", whole.json["head"])
        assert (told.code, told.out) == (0, "")
        assert whole.json["head"] in told.err
        entry = await admin.fetchval("select id from core.audit_entry order by id limit 1")
        await admin.execute("update core.audit_entry set sentence = 'plugins.audit.enabled' where id = $1", entry)
    broken = await command(settings, *verify)
    assert (broken.code, broken.out, broken.err.splitlines()[-1]) == (1, "", "(cli.audit.broken)")
    assert f"1번째 기록이 바뀌었습니다: {entry}" in broken.err
    listed = await command(settings, *verify, "--json")
    assert listed.code == 1
    assert [(one["damage"], one["entry"], one["number"]) for one in json.loads(listed.out)["breaks"]] == [("altered", str(entry), 1)]


async def test_makers_of_foundations_imports_and_tokens_are_on_record(own_database: DatabaseSettings) -> None:
    settings, markets = own_database, str(ROOT / "tenants" / "smilero_tenants" / "markets" / "bucheon.csv")
    assert (await command(settings, "tenant", "create", "changwon", "--name", "창원")).code == 0
    async with Database(settings) as database, connected(settings.database_url) as admin:
        tenant = await admin.fetchval("select id from core.tenant where slug = 'changwon'")
        async with database.unit(tenant) as unit:
            vault = Vault(settings.secret_key.get_secret_value())
            await People(Session(unit), tenant, vault).ensure([NewPerson("010-1234-5678", "김직원", ((Role.STAFF, None),))])
        # What writes nothing leaves nothing: a look at a file, a file that says what is there, a token that is refused.
        for again in (["--dry-run"], [], []):
            assert (await command(settings, "tenant", "import", "changwon", markets, *again)).code == 0
        holder = ("--tenant", "changwon", "--phone", "010-1234-5678")
        assert (await command(settings, "token", "create", *holder, "--role", "owner")).code == 1
        made = await command(settings, "token", "create", *holder, "--role", "staff")
        assert made.code == 0
        person = await admin.fetchval("select id from core.person where tenant_id = $1", tenant)
        rows = await admin.fetch("select * from core.audit_entry where tenant_id = $1 order by at, id", tenant)
        assert [(row["sentence"], row["subject_id"]) for row in rows] == [
            ("tenancy.audit.created", tenant),
            ("imports.audit.imported", None),
            ("person.audit.token", person),
        ]
        assert {(row["role"], row["actor_id"]) for row in rows} == {("system", None)}
        assert json.loads(rows[0]["after"])["slug"] == "changwon"
        assert json.loads(rows[1]["params"]) == {"added": await admin.fetchval("select count(*) from core.market"), "changed": 0}
        after = json.loads(rows[2]["after"])
        assert (after["role"], after["days"]) == ("staff", 90)
        assert made.out.strip() not in str(rows)
    for wrong in (["--tenant", "a", "--head", "1:ff"], []):
        assert (await command(settings, "audit", "verify", *wrong)).code == 2
    assert (await command(settings, "audit", "verify", "--tenant", "nowhere")).refused("tenancy.unknown", "nowhere")


@pytest.fixture
async def blank(cluster: Cluster) -> AsyncIterator[DatabaseSettings]:
    """A sealed database without a table."""
    async with cluster.database(BLANK) as made:
        yield made


async def test_what_was_there_before_the_chain_waits_for_it(blank: DatabaseSettings) -> None:
    await migrate(blank.owner(), [(CORE, "0008")])
    async with connected(blank.database_url) as admin:
        planted = await plant(admin)
        entries = [uuid7() for _ in range(3)]
        for entry in entries:
            await admin.execute(
                "insert into core.audit_entry (tenant_id, id, role, plugin, sentence, params) values ($1, $2, 'owner', 'core', 's', '{}')",
                planted.tenant,
                entry,
            )
        await migrate(blank.owner(), [(CORE, "head")])
        waiting = await admin.fetch("select id from core.audit_unsealed where tenant_id = $1 order by id", planted.tenant)
        assert [row["id"] for row in waiting] == entries
        await migrate(blank.owner(), [(CORE, "-1")])
        assert await admin.fetchval("select count(*) from core.audit_entry") == 3
