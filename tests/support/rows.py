"""A row for any table, made from the catalogue alone, so that a new table is covered unasked."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from smilero_core.db.driver import Connection

_VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "gen_random_uuid()::text",
    "integer": "1",
    # A number that is given once in a tenant, as that of a seal.
    "bigint": "(random() * 1e15)::bigint",
    "smallint": "1",
    "boolean": "true",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "bytea": "gen_random_uuid()::text::bytea",
    "double precision": "1",
}


@dataclass(frozen=True)
class Table:
    """A table of tenant rows.

    Attributes:
        name: with its schema.
        needed: the columns that must be given, with their types; neither tenant_id nor one with a default.
    """

    name: str
    needed: dict[str, str]

    @property
    def schema(self) -> str:
        """`core`, or the plugin's, which is also the plugin's role."""
        return self.name.partition(".")[0]

    @property
    def role(self) -> str | None:
        """Who works on it: None is the application's login itself."""
        return None if self.schema == "core" else self.schema

    def statement(self, kind: str, tenant: UUID) -> str:
        """A statement of a kind about a tenant's rows, however few the binding lets it see."""
        columns = ", ".join(["tenant_id", *self.needed])
        values = ", ".join([f"'{tenant}'", *(_value(of) for of in self.needed.values())])
        first = next(iter(self.needed))
        return {
            "select": f"SELECT 1 FROM {self.name} WHERE tenant_id = '{tenant}'",  # noqa: S608 - names from the catalogue
            "insert": f"INSERT INTO {self.name} ({columns}) VALUES ({values})",  # noqa: S608 - names from the catalogue
            "update": f"UPDATE {self.name} SET {first} = {first} WHERE tenant_id = '{tenant}'",  # noqa: S608 - names from the catalogue
            "delete": f"DELETE FROM {self.name} WHERE tenant_id = '{tenant}'",  # noqa: S608 - names from the catalogue
        }[kind]


def _value(of: str) -> str:
    return "'{}'" if of.endswith("[]") else _VALUES[of]


async def tenant_tables(connection: Connection) -> list[Table]:
    """Every table with a tenant_id, from the catalogue; a partition is reached by its table alone."""
    rows = await connection.fetch(
        """select attrelid::regclass::text as name, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
           from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
           where a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef and a.attname <> 'tenant_id'
             and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped)
           order by c.oid::regclass::text, a.attnum"""
    )
    columns: dict[str, dict[str, str]] = {}
    for row in rows:
        columns.setdefault(row["name"], {})[row["column"]] = row["type"]
    return [Table(name, needed) for name, needed in columns.items()]


async def loosen(admin: Connection) -> None:
    """Drop what a made-up row would break, in a database of one's own: foreign keys and checks. Row security stays."""
    rows = await admin.fetch(
        """select format('alter table %s drop constraint %I', conrelid::regclass, conname) as sql from pg_constraint k
           join pg_class c on c.oid = conrelid join pg_namespace n on n.oid = c.relnamespace
           -- A partition's constraint goes with its table's.
           where contype in ('f', 'c') and conparentid = 0 and (n.nspname = 'core' or n.nspname like 'plugin%')"""
    )
    await admin.execute(";".join(row["sql"] for row in rows))


async def granted(admin: Connection, tables: Sequence[Table], kinds: Sequence[str]) -> set[tuple[str, str]]:
    """The (table, kind) that the working role of the table may use at all."""
    found = set()
    for table in tables:
        for kind in kinds:
            if await admin.fetchval("select has_table_privilege($1, $2, $3)", table.role or "smilero_app", table.name, kind):
                found.add((table.name, kind))
    return found
