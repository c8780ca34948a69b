"""A plugin's rows between the database and an archive: each a line of JSON, each value as PostgreSQL writes it as text.

So nothing is lost, whatever the type: `jsonb 'null'` is not NULL, a numeric keeps its zeros, a timestamptz its microseconds.
The owner is subject to row security as everybody is, so rows are read and written tenant by tenant.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from smilero_core.db.driver import Connection
from smilero_core.db.scope import bind

# Core tables that tell of the past: they stay when a plugin goes.
HISTORY = ("audit_entry",)

_READ_AHEAD = 1_000


@dataclass(frozen=True)
class Table:
    """A table of tenant rows that are all, or partly, a plugin's.

    Attributes:
        columns: types by name, in the order of the names.
        plugin: for a table of the core, whose rows of it are meant.
    """

    schema: str
    name: str
    columns: Mapping[str, str]
    plugin: str | None = None

    @property
    def address(self) -> str:
        """As SQL has it."""
        return f"{_quoted(self.schema)}.{_quoted(self.name)}"

    @property
    def file(self) -> str:
        """Its file in an archive."""
        return f"{'core' if self.plugin else 'plugin'}/{self.name}.jsonl"

    @property
    def _whose(self) -> tuple[str, list[str]]:
        return ("where plugin = $1", [self.plugin]) if self.plugin else ("", [])

    async def lines(self, link: Connection) -> AsyncIterator[bytes]:
        """The bound tenant's rows by id, in a transaction; never more of them in memory than a thousand."""
        columns = ", ".join(f"{_quoted(name)}::text as {_quoted(name)}" for name in self.columns)
        condition, values = self._whose
        sql = f"select row_to_json(r)::text from (select {columns} from {self.address} {condition} order by {self.address}.id) r"  # noqa: S608 - names from the catalogue, quoted
        async for row in link.cursor(sql, *values, prefetch=_READ_AHEAD):
            yield row[0].encode() + b"\n"

    async def write(self, link: Connection, lines: Sequence[str]) -> None:
        """Insert rows of the bound tenant."""
        names = ", ".join(map(_quoted, self.columns))
        values = ", ".join(f"x.{_quoted(name)}::{kind}" for name, kind in self.columns.items())
        texts = ", ".join(f"{_quoted(name)} text" for name in self.columns)
        await link.execute(
            f"insert into {self.address} ({names}) overriding system value select {values}"  # noqa: S608 - names from the catalogue, quoted
            f" from unnest($1::text[]) as l(line) cross join lateral json_to_record(l.line::json) as x({texts})",
            list(lines),
        )

    async def count(self, link: Connection) -> int:
        """How many rows the bound tenant has."""
        condition, values = self._whose
        found: int = await link.fetchval(f"select count(*) from {self.address} {condition}", *values)  # noqa: S608 - as above
        return found

    async def clear(self, link: Connection) -> None:
        """Delete the bound tenant's rows."""
        condition, values = self._whose
        await link.execute(f"delete from {self.address} {condition}", *values)  # noqa: S608 - as above


@dataclass
class Sum:
    """What is known of a table's lines: how many, and their SHA-256."""

    rows: int = 0

    def __post_init__(self) -> None:
        self._hash = sha256()

    def add(self, line: bytes) -> None:
        """One more."""
        self.rows += 1
        self._hash.update(line)

    @property
    def digest(self) -> str:
        """In hexadecimal."""
        return self._hash.hexdigest()


async def read_all(link: Connection, table: Table, tenants: Iterable[UUID], take: Callable[[bytes], object]) -> Sum:
    """Hand over every tenant's rows of a table."""
    found = Sum()
    for tenant in tenants:
        await link.execute(bind(tenant))
        async for line in table.lines(link):
            found.add(line)
            take(line)
    return found


async def plugin_tables(link: Connection, schema: str) -> list[Table]:
    """The tables of a plugin's schema, but for the one of its revisions; none where there is no schema."""
    return await _tables(link, "s.nspname = $1 and c.relname <> 'alembic_version'", schema, None)


async def host_tables(link: Connection, plugin: str) -> list[Table]:
    """The core's tables that have rows about plugins, found by their column `plugin`; the past stays out."""
    about = "exists (select from pg_attribute p where p.attrelid = c.oid and p.attname = 'plugin' and not p.attisdropped)"
    tenant = "exists (select from pg_attribute p where p.attrelid = c.oid and p.attname = 'tenant_id' and not p.attisdropped)"
    tables = await _tables(link, f"s.nspname = 'core' and $1 <> '' and {about} and {tenant}", plugin, plugin)
    return [table for table in tables if table.name not in HISTORY]


async def _tables(link: Connection, condition: str, value: str, plugin: str | None) -> list[Table]:
    rows = await link.fetch(
        f"""
        select s.nspname as schema, c.relname as name, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace s on s.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
          and {condition}
        order by c.relname, a.attname
        """,  # noqa: S608 - constants of this module
        value,
    )
    columns: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        columns.setdefault((row["schema"], row["name"]), {})[row["column"]] = row["type"]
    return [Table(schema, name, of, plugin) for (schema, name), of in columns.items()]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
