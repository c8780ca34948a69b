"""The proof from the catalogue that isolation is as designed: each rule a query that answers what breaks it.

`smilero db check` and the tests run it over whatever schemas are there, so a new table is covered unasked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from smilero_core.db.bootstrap import MIGRATION_LOCK, SEALED_FUNCTIONS
from smilero_core.db.driver import Connection
from smilero_core.db.lineages import SHARED_TABLES
from smilero_sdk.binding import TENANT_SETTING

# The whole list of tables that belong to no tenant.
PLATFORM_TABLES = ("core.tenant", "core.tenant_host", "core.operator_token", "core.plugin_uninstalled", "core.account_link")

# Tenant tables that the platform's login may see across tenants, and nothing else.
PLATFORM_READS = (
    "core.market",
    "core.plugin_activation",
    "core.outbox",
    "core.event_log",
    "core.job",
    "core.schedule",
    "core.audit_unsealed",
)

# Tenant tables to which the platform's login may add rows of the tenant that it is bound to, and of which it sees none.
PLATFORM_WRITES = ("core.audit_entry",)

# Functions that run with their owner's rights. None is needed today.
DEFINER_FUNCTIONS: tuple[str, ...] = ()

# Every other one must be read before it is let in: one that reaches another server or the disk passes by all rules here.
EXTENSIONS = ("plpgsql", "vector", "pg_stat_statements")

# Identifiers without a foreign key: an event outlives its partition, and what an audit entry is about may be of any table.
UNREFERRING = ("event_id", "subject_id")

SYSTEM_TABLE = "alembic_version"


@dataclass(frozen=True)
class Finding:
    """One breach.

    Attributes:
        rule: the name of the query, as `foreign_keys`.
        subject: what breaks it: a table, role or function.
        detail: how.
    """

    rule: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Report:
    """What was looked at, and what was found.

    Attributes:
        subjects: number of things looked at, by rule.
        findings: breaches, none when all is well.
    """

    subjects: dict[str, int]
    findings: list[Finding]


async def inspect(connection: Connection) -> Report:
    """Run every rule of `isolation.sql`.

    Args:
        connection: any login; the catalogue is readable by all.
    """
    subjects: dict[str, int] = {}
    findings: list[Finding] = []
    for rule, sql in rules().items():
        rows = await connection.fetch(sql)
        subjects[rule] = len(rows)
        findings += [Finding(rule, row["subject"], row["detail"]) for row in rows if row["detail"]]
    return Report(subjects, findings)


def rules() -> dict[str, str]:
    """The queries by name, ready to run."""
    sections = _RULE.split((resources.files(__package__) / "isolation.sql").read_text())[1:]
    named = dict(zip(sections[::2], sections[1::2], strict=True))
    prelude = named.pop("prelude")
    return {name: _with_lists(prelude + sql) for name, sql in named.items()}


_RULE = re.compile(r"^-- rule: (\w+)\n", re.MULTILINE)

_LISTS: dict[str, Sequence[str]] = {
    "platform_tables": PLATFORM_TABLES,
    "platform_reads": PLATFORM_READS,
    "platform_writes": PLATFORM_WRITES,
    "definers": DEFINER_FUNCTIONS,
    "extensions": EXTENSIONS,
    "unreferring": UNREFERRING,
    "shared": [f"core.{table}" for table in SHARED_TABLES],
    "sealed": [f"pg_catalog.{function}" for function in SEALED_FUNCTIONS],
}

_WORDS = {"setting": TENANT_SETTING, "system_table": SYSTEM_TABLE, "migration_lock": f"pg_catalog.{MIGRATION_LOCK}"}


def _with_lists(sql: str) -> str:
    """The constants in their places: they are ours, so they are written in as literals."""
    for name, values in _LISTS.items():
        sql = sql.replace(f":{name}", "array[" + ", ".join(f"'{value}'" for value in values) + "]::text[]")
    for name, value in _WORDS.items():
        sql = sql.replace(f":{name}", f"'{value}'")
    return sql
