"""Every text column of a foundation, from the catalogue: the marker that each carries, or why it can carry none."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from smilero_core.db.driver import Connection
from smilero_core.plugins import gate
from smilero_core.tenancy import directory
from tests.access.scene import Scene
from tests.support.web import INSTALLED

# Digests, sealed texts and blind indexes: bytes that nobody reads. What was sealed is looked for where it is opened.
UNREADABLE = ("_hash", "_sealed", "_index")

_WORD = "a word of the program, checked or looked up in a list of its own"
_BYTES = "bytes that nobody reads"
_PROOF = "a proof or an address of a program from outside that is compared by every character"

# The columns that cannot carry a marker. A new column is seeded, or stands here.
CANNOT: Mapping[str, str] = {
    "core.api_token.role": _WORD,
    "core.api_token.scopes": _WORD,
    "core.approval.asked_as": _WORD,
    "core.approval.language": _WORD,
    "core.approval.name": _WORD,
    "core.approval.operation": _WORD,
    "core.approval.outcome": "where it led, or the code of a refusal, looked up",
    "core.approval.permission": _WORD,
    "core.approval.plugin": _WORD,
    "core.approval.state": _WORD,
    "core.approval_choice.name": _WORD,
    "core.approval_choice.plugin": _WORD,
    "core.audit_entry.plugin": _WORD,
    "core.audit_entry.role": _WORD,
    "core.audit_entry.sentence": _WORD,
    "core.audit_seal.seal": _BYTES,
    "core.event_log.name": _WORD,
    "core.file.media_type": _WORD,
    "core.file.plugin": _WORD,
    "core.file.sha256": _BYTES,
    "core.helper.limits": _WORD,
    "core.helper.relation": _WORD,
    "core.idempotency.body": "an answer as it was sent, kept under its key",
    "core.idempotency.caller": "a role and an id, and the same for each repetition",
    "core.idempotency.content_type": _WORD,
    "core.idempotency.operation": _WORD,
    "core.import_run.content": "a sheet as it was sent: bytes, gone once they are read",
    "core.import_run.kind": _WORD,
    "core.import_run.state": _WORD,
    "core.inbox.handler": _WORD,
    "core.inbox.plugin": _WORD,
    "core.invitation.role": _WORD,
    "core.job.asked_as": _WORD,
    "core.job.kind": _WORD,
    "core.job.plugin": _WORD,
    "core.job.state": _WORD,
    "core.market.kind": _WORD,
    "core.market.market_days": "days as the calendar reads them",
    "core.membership.role": _WORD,
    "core.message.kind": _WORD,
    "core.message.state": _WORD,
    "core.message.template": _WORD,
    "core.oauth_client.scopes": _WORD,
    "core.oauth_grant.code_challenge": _PROOF,
    "core.oauth_grant.redirect_uri": _PROOF,
    "core.oauth_grant.role": _WORD,
    "core.oauth_grant.scopes": _WORD,
    "core.oauth_token.kind": _WORD,
    "core.oauth_token.scopes": _WORD,
    "core.outbox.name": _WORD,
    "core.outside_provider.issuer": _PROOF,
    "core.outside_provider.kind": _WORD,
    "core.passkey.credential_id": _BYTES,
    "core.passkey.public_key": _BYTES,
    "core.passkey_challenge.bound_to": _BYTES,
    "core.permission_choice.permission": _WORD,
    "core.permission_choice.role": _WORD,
    "core.person.language": _WORD,
    "core.plugin_activation.plugin": _WORD,
    "core.plugin_failure.hook": _WORD,
    "core.plugin_failure.plugin": _WORD,
    "core.plugin_opt_out.plugin": _WORD,
    "core.plugin_setting.plugin": _WORD,
    "core.retention_count.rule": _WORD,
    "core.schedule.name": _WORD,
    "core.schedule.plugin": _WORD,
    "core.session.device": _WORD,
    "core.shop.business_number": "ten digits with a check digit",
    "core.shop.category": _WORD,
    "core.shop.status": _WORD,
    "core.tenant.body_type": _WORD,
    "core.tenant.colour": "six digits, checked by the database",
    "core.tenant.locale": _WORD,
    "core.tenant.seal": "one syllable",
    "core.tenant.slug": "its word in the names of hosts, checked by the database",
    "core.tenant.status": _WORD,
    "core.tenant.timezone": _WORD,
    "core.ticket.purpose": _WORD,
    "plugin_coupons.campaign.kind": _WORD,
    "plugin_coupons.claim.code": "six digits, checked by the database",
}

# Addresses have to be ones.
ADDRESSES = frozenset({"core.market.homepage", "core.oauth_client.redirect_uris"})


@dataclass(frozen=True)
class Column:
    """A column that holds text, or JSON with text in it, or bytes.

    Attributes:
        table: with its schema.
        kind: text, text[], jsonb or bytea.
    """

    table: str
    name: str
    kind: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def unreadable(self) -> bool:
        """Whether its bytes say nothing to anybody."""
        return self.kind == "bytea" and self.name.endswith(UNREADABLE)

    @property
    def carries(self) -> bool:
        """Whether it has to have a marker."""
        return not self.unreadable and str(self) not in CANNOT

    @property
    def owner(self) -> str:
        """The column that tells whose a row is."""
        return "id" if self.table == "core.tenant" else "tenant_id"

    def marker(self, mark: str) -> str:
        """What a foundation's rows have in this column, and nothing else has."""
        return f"{mark}.{self}."


async def text_columns(admin: Connection) -> list[Column]:
    """Of every table of the core and of the installed plugins that has a tenant_id, and of the foundation itself.

    A partition is its table's.
    """
    rows = await admin.fetch(
        """select c.oid::regclass::text as held, a.attname as name,
                  case when y.typname in ('json', 'jsonb') then 'jsonb' when y.typname = 'bytea' then 'bytea'
                       when y.typcategory = 'A' then 'text[]' else 'text' end as kind
           from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
           join pg_type y on y.oid = a.atttypid left join pg_type e on e.oid = y.typelem and y.typcategory = 'A'
           where a.attnum > 0 and not a.attisdropped and c.relnamespace::regnamespace::text = any($1)
             and (y.typcategory = 'S' or e.typcategory = 'S' or y.typname in ('json', 'jsonb', 'bytea'))
             and (c.oid = 'core.tenant'::regclass
                  or exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped))
           order by 1, 2""",
        ["core", *(f"plugin_{name}" for name in INSTALLED)],
    )
    return [Column(row["held"], row["name"], row["kind"]) for row in rows]


async def seed(scene: Scene) -> None:
    """Write each column's marker into the foundation's rows, and wait until every process knows of it."""
    admin, tenant = scene.site.admin, scene.foundation.id
    for statement in _ROWS:
        await admin.execute(statement, tenant)
    for column in await text_columns(admin):
        if column.carries:
            await admin.execute(_statement(column), tenant, column.marker(scene.mark))
    await asyncio.sleep(max(gate.FRESH_SECONDS, directory.FRESH_SECONDS))


# Of tables into which no request writes, but the work behind it.
_ROWS = (
    """insert into core.plugin_failure (tenant_id, id, plugin, hook, error, trace)
       values ($1, gen_random_uuid(), 'coupons', 'home_cards', '', '')""",
    """insert into core.event_log (tenant_id, id, name, version, payload, occurred_at)
       select tenant_id, id, name, version, payload, occurred_at from core.outbox where tenant_id = $1 limit 1""",
    # What an entry of the log tells beside its sentence.
    """update core.audit_entry set before = '{}', after = '{}' where tenant_id = $1 and before is null and after is null""",
)

_HELD = {
    "text": "$2 || ' ' || coalesce({0}, '')",
    "text[]": "array_append({0}, $2)",
    "bytea": "convert_to($2 || ' ', 'UTF8') || coalesce({0}, '')",
    "jsonb": "coalesce({0}, '{{}}') || jsonb_build_object('name', $2::text)",
}
# JSON whose fields are known, with the field that takes a text.
_FIELDS = {
    # Ids stay: they are looked up.
    "core.audit_entry.params": r"""coalesce((
        select jsonb_object_agg(key, case when jsonb_typeof(value) = 'string' and value::text !~ '[0-9a-f-]{36}'
                                          then to_jsonb($2 || (value #>> '{}')) else value end)
        from jsonb_each(params)), '{}')""",
    "core.plugin_setting.chosen": "chosen || case plugin when 'coupons' then jsonb_build_object('note', $2::text) else '{}' end",
    "core.sign_in_code.next_path": "'/' || $2",
    "core.tenant.sender": "sender || jsonb_build_object('phone', $2::text)",
    # Given once where it is given at all.
    "core.job.key": "$2 || ' ' || key",
    "plugin_example.greeting.outside_id": "$2 || ' ' || outside_id",
}


def _statement(column: Column) -> str:
    put = _FIELDS.get(str(column)) or _HELD[column.kind].format(column.name)
    if str(column) in ADDRESSES:
        put = put.replace("$2", "'https://marker.example/' || $2")
    return f"update {column.table} set {column.name} = {put} where {column.owner} = $1"  # noqa: S608 - names of the catalogue
