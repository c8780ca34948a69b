"""Nothing of one foundation is seen at another, and the database refuses the plugin everything but its own tables."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from http import HTTPStatus

from smilero_sdk.context import TenantContext
from smilero_sdk.testing.client import Answer, Client
from smilero_sdk.testing.contract.stage import NothingToLookAt, Stage, check
from smilero_sdk.testing.host import CAST, Address, Door, Foundation

# What somebody may be answered who asks with another foundation's ids.
_REFUSED = frozenset({400, 401, 403, 404, 405, 409, 415, 422, 503})

# What a careless plugin, or a text injected into its SQL, tries; `{theirs}` is another foundation.
ATTACKS = (
    "insert into core.outbox (id, name, version, payload) values (gen_random_uuid(), 'x.y', 1, '{{}}')",
    "update core.shop set name = 'x'",
    "delete from core.market",
    "update core.plugin_activation set enabled = true",
    "select pg_catalog.set_config('app.tenant_id', '{theirs}', true)",
    "select set_config('role', 'smilero_app', false)",
    "update pg_settings set setting = '{theirs}' where name = 'app.tenant_id'",
    "select query_to_xml('select * from core.person', true, false, '')",
    "select table_to_xml('core.person', true, false, '')",
    "select pg_read_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "set role none",
    "set local role smilero_app",
    "reset role",
    "set app.tenant_id = '{theirs}'",
    "set local row_security = off",
    "do $$begin perform 1; end$$",
    "copy core.person to stdout",
    "create table {schema}.stolen (a int)",
    "select 1; set role none",
    "select 1; select * from core.person",
    "select 1; set local app.tenant_id = '{theirs}'",
    "select 1; commit",
)
_TWIN = "select 1"
# The registry, which every plugin may read.
_SHARED = frozenset({"core.market", "core.shop"})


@check("isolation", suite="A6")
def its_role_reaches_nothing_else(stage: Stage) -> None:
    """Injected, alone or stacked, no statement of the plugin's role reaches identity, the outbox, another plugin or another foundation."""
    if not stage.tables():
        message = f"{stage.name} has no tables, and so no role"
        raise NothingToLookAt(message)
    statements = [text.format(theirs=stage.theirs.id, schema=stage.schema) for text in ATTACKS]
    statements += [f"select * from {table}" for table in _tables_of_others(stage)]  # noqa: S608 - names from the catalogue
    stage.look("statements", statements)
    faults = [f"{sql} went through" for sql in statements if _goes_through(stage.mine, stage.name, sql)]
    # The positive control: the same door, the same role, an innocent statement.
    faults += [f"even {sql} was refused" for sql in (_TWIN, "select id from core.shop") if not _goes_through(stage.mine, stage.name, sql)]
    stage.expect_none(faults)


@check("isolation", suite="A6")
def its_rows_belong_to_one_foundation(stage: Stage) -> None:
    """Read through the plugin's own role, each of its tables shows the rows of one foundation alone, and none of another's by its id."""
    tables = stage.tables()
    stage.look("tables", tables)
    faults = []
    for table in tables:
        for mine, theirs in ((stage.mine, stage.theirs), (stage.theirs, stage.mine)):
            seen = mine.work(stage.name, "owner", _count(f"select count(*) from {stage.schema}.{table}"))  # noqa: S608 - a name from the catalogue
            own = _rows(stage, table, mine)
            foreign = mine.work(
                stage.name,
                "owner",
                _count(f"select count(*) from {stage.schema}.{table} where tenant_id = '{theirs.id}'"),  # noqa: S608 - as above
            )
            if (seen, foreign) != (own, 0):
                faults.append(f"{table} shows {seen} rows to {mine.slug}, which has {own}, and {foreign} of {theirs.slug}")
    stage.expect_none(faults)


@check("isolation", suite="A6")
def the_catalogue_keeps_the_rules(stage: Stage) -> None:
    """Its tables have forced row security, one policy, composite keys and nobody else's grants."""
    subjects, faults = stage.host.isolation_faults(stage.schema)
    stage.look("subjects of the rules", [f"{rule} {index}" for rule, count in subjects.items() for index in range(count)])
    stage.expect_none(faults)


@check("isolation")
def foreign_objects_are_not_found(stage: Stage) -> None:
    """Asked with another foundation's ids, by everybody, no address answers with anything; with their own, somebody is answered."""
    own, foreign = stage.ids(stage.mine), stage.ids(stage.theirs)
    addresses = [
        address for address in stage.host.addresses(stage.name) if address.parameters and address.parameters.keys() <= foreign.keys()
    ]
    stage.look("addresses of objects", [f"{address.name} as {who}" for address in addresses for who in (*CAST, None)])
    secrets = [stage.theirs.marker, *_object_ids(stage, stage.theirs)]
    faults = []
    for address in addresses:
        for who in (*CAST, None):
            answer = _ask(stage.mine, who, address, address.path.format_map(foreign) + address.query)
            if not _is_refusal(answer) and not _leads_nowhere(answer, secrets):
                faults.append(f"{address.name} as {who} with foreign ids: {answer.status}")
        if address.method == "GET" and address.parameters.keys() <= own.keys():
            path = address.path.format_map(own) + address.query
            if all(_is_refusal(_ask(stage.mine, who, address, path)) for who in (None, *CAST)):
                faults.append(f"{address.name} answers nobody, even with its own ids")
    stage.expect_none(faults)


@check("isolation")
def nothing_foreign_is_shown(stage: Stage) -> None:
    """What each role reads at its own foundation names no object, person or shop of another."""
    secrets = [stage.theirs.marker, *_object_ids(stage, stage.theirs)]
    own = stage.ids(stage.mine)
    addresses = [a for a in stage.host.addresses(stage.name) if a.method == "GET" and a.parameters.keys() <= own.keys()]
    stage.look("readings", [f"{address.name} as {who}" for address in addresses for who in (*CAST, None)])
    faults, answered = [], 0
    for address in addresses:
        for who in (*CAST, None):
            answer = _ask(stage.mine, who, address, address.path.format_map(own) + address.query)
            answered += answer.status == HTTPStatus.OK
            faults += [f"{address.name} as {who} shows {secret}" for secret in secrets if secret in answer.text]
    stage.expect_none(faults if answered else ["nobody was answered anything"])


@check("isolation")
def another_foundations_sign_in_is_worth_nothing(stage: Stage) -> None:
    """A token or session of another foundation, and a host of no foundation, open nothing that needs a permission."""
    own = stage.ids(stage.mine)
    addresses = [a for a in stage.host.addresses(stage.name) if a.parameters.keys() <= own.keys()]
    stage.look("addresses", [address.name for address in addresses])
    faults = []
    for address in addresses:
        path, needs = (
            address.path.format_map(own) + address.query,
            address.permission is not None or address.door in {Door.CONSOLE, Door.PORTAL},
        )
        for who in CAST:
            stranger = _at(stage.theirs.client(who), stage.mine.client().host)
            answer = stranger.ask(address.method, path)
            if needs and not _is_refusal(answer):
                faults.append(f"{address.name} as {who} of {stage.theirs.slug}: {answer.status}")
        nowhere = _at(stage.mine.client("owner"), "nobody-has-this.localhost").ask(address.method, path)
        if nowhere.status != HTTPStatus.NOT_FOUND:
            faults.append(f"{address.name} at a host of no foundation: {nowhere.status}")
    stage.expect_none(faults)


def _ask(tenant: Foundation, who: str | None, address: Address, path: str) -> Answer:
    client = tenant.client(who)
    if address.method == "GET":
        return client.get(path)
    # An empty body: what is told of an object must not depend on what is sent about it.
    return client.post(path, {}) if address.door is Door.API else client.send(path)


def _is_refusal(answer: Answer) -> bool:
    return answer.status in _REFUSED or (answer.status == HTTPStatus.SEE_OTHER and answer.location.startswith("/sign-in"))


def _leads_nowhere(answer: Answer, secrets: list[str]) -> bool:
    """Whether it sends the caller on without a word about what was asked for: to a page that asks again."""
    return answer.status == HTTPStatus.SEE_OTHER and not any(secret in answer.location for secret in secrets)


def _at(client: Client, host: str) -> Client:
    return replace(client, host=host)


def _tables_of_others(stage: Stage) -> list[str]:
    """Every table of the core and of other plugins that is not shared, from the catalogue."""
    rows = stage.host.query(
        """select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where (n.nspname = 'core' or n.nspname like 'plugin\\_%') and n.nspname <> $1 and c.relkind in ('r', 'p')
             and not c.relispartition order by 1""",
        stage.schema,
    )
    return [str(row["name"]) for row in rows if row["name"] not in _SHARED]


def _object_ids(stage: Stage, tenant: Foundation) -> Iterator[str]:
    for table in stage.tables():
        sql = f"select id from {stage.schema}.{table} where tenant_id = $1 limit 200"  # noqa: S608 - a name from the catalogue
        yield from (str(row["id"]) for row in stage.host.query(sql, tenant.id))


def _rows(stage: Stage, table: str, tenant: Foundation) -> int:
    sql = f"select count(*) as n from {stage.schema}.{table} where tenant_id = $1"  # noqa: S608 - a name from the catalogue
    return int(stage.host.query(sql, tenant.id)[0]["n"])


def _goes_through(tenant: Foundation, plugin: str, sql: str) -> bool:
    """Whether the database carried a statement out; whatever it did is undone."""

    async def attack(ctx: TenantContext) -> None:
        await ctx.db.fetch(sql)
        raise _Undone

    try:
        tenant.work(plugin, "owner", attack)
    except _Undone:
        return True
    except Exception:  # noqa: BLE001 - refused, by the door or by the database, whichever error that is
        return False
    return True


def _count(sql: str) -> Callable[[TenantContext], Awaitable[object]]:
    async def count(ctx: TenantContext) -> object:
        return await ctx.db.fetch_value(sql)

    return count


class _Undone(Exception):  # noqa: N818 - a way out, no error
    """Leaves a transaction without a trace."""
