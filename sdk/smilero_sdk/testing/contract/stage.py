"""What a check of the contract works with, and the list of all checks."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from smilero_sdk.manifest import Plugin
from smilero_sdk.testing.host import Address, Foundation, Host


class ContractBroken(AssertionError):  # noqa: N818 - a finding, told as one
    """The plugin breaks the contract; the message says where."""


class NothingToLookAt(Exception):  # noqa: N818 - no error: the plugin has no such part
    """The check has no subject in this plugin."""


@dataclass
class Stage:
    """A host with one plugin under test.

    Attributes:
        mine, theirs: two foundations; the plugin is on in both when a check begins.
        looked: what the check looked at.
    """

    host: Host
    name: str
    looked: dict[str, list[str]] = field(default_factory=dict)
    _seeded: bool = False

    @property
    def plugin(self) -> Plugin:
        """Its manifest."""
        return self.host.plugins[self.name]

    @property
    def mine(self) -> Foundation:
        """부산."""
        return self.host.tenants[0]

    @property
    def theirs(self) -> Foundation:
        """성남."""
        return self.host.tenants[1]

    @property
    def schema(self) -> str:
        """Of its tables, and the name of its role."""
        return f"plugin_{self.name}"

    def look(self, what: str, subjects: Collection[object]) -> None:
        """Put on record what is looked at. Raises NothingToLookAt for nothing."""
        if not subjects:
            msg = f"{self.name} has no {what}"
            raise NothingToLookAt(msg)
        self.looked[what] = sorted(map(str, subjects))

    def expect_none(self, faults: Iterable[str]) -> None:
        """Raises ContractBroken with the faults, if there are some."""
        found = list(faults)
        if found:
            raise ContractBroken("\n".join(found))

    def ready(self) -> None:
        """The plugin on in both foundations, with data of its own."""
        for tenant in self.host.tenants:
            tenant.enable(self.name)
        if not self._seeded:
            for tenant in self.host.tenants:
                tenant.seed(self.name)
            # What the demo queued is done, so that a check sees the work that it queues itself.
            self.host.settle()
            self._seeded = True

    @contextmanager
    def off(self, tenant: Foundation | None = None) -> Iterator[Foundation]:
        """The plugin off for a foundation, mine unless another is named, for a block."""
        where = tenant or self.mine
        where.disable(self.name)
        try:
            yield where
        finally:
            where.enable(self.name)

    def tables(self) -> list[str]:
        """Its tables, by name."""
        rows = self.host.query(
            """select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'alembic_version' order by 1""",
            self.schema,
        )
        return [str(row["relname"]) for row in rows]

    def ids(self, tenant: Foundation) -> dict[str, object]:
        """An object of each kind that a foundation has, by the name of the parameter that takes it."""
        known: dict[str, object] = {"shop_id": tenant.shop_id, "market_id": tenant.market_id, "person_id": tenant.people["customer"]}
        for table in self.tables():
            sql = f"select * from {self.schema}.{table} where tenant_id = $1 order by id limit 1"  # noqa: S608 - a name from the catalogue
            for row in self.host.query(sql, tenant.id):
                known[f"{table}_id"] = row["id"]
                # A number to say at the till, a word in an address: what an address takes that is no id.
                known |= {name: value for name, value in row.items() if isinstance(value, str) and name not in known}
        return known

    def path(self, address: Address, ids: dict[str, object]) -> str | None:
        """An address of objects; None where one of its parameters has none."""
        return address.path.format_map(ids) + address.query if address.parameters.keys() <= ids.keys() else None

    def text_of_rows(self, tenant: Foundation) -> list[tuple[str, str]]:
        """(table, row as text) of everything that the plugin stores for a foundation."""
        return [
            (table, str(row["row"]))
            for table in self.tables()
            for row in self.host.query(
                f"select t::text as row from {self.schema}.{table} t where tenant_id = $1",  # noqa: S608 - names from the catalogue
                tenant.id,
            )
        ]


class Grade(IntEnum):
    """How good a plugin is: the highest grade of which it passes every check, and of all below (`docs/plugins/quality.md`)."""

    BRONZE = 1
    SILVER = 2
    GOLD = 3


@dataclass(frozen=True)
class Check:
    """One check of the contract.

    Attributes:
        name: `<subject>::<check>`.
        suite: the check of the design that it is a part of, as F1.
        tries: the hooks that it tries by what they declare, where the code does not name them.
        grade: the first grade that demands it. Gold is for `smilero plugin check` alone: no test fails for it.
        what: what holds when it passes.
    """

    name: str
    suite: str | None
    grade: Grade
    what: str
    run: Callable[[Stage], None]
    tries: tuple[str, ...] = ()

    def carry_out(self, stage: Stage) -> None:
        """Run it on a stage made ready for it. Raises ContractBroken, NothingToLookAt."""
        stage.looked.clear()
        stage.ready()
        self.run(stage)


CHECKS: list[Check] = []


Run = Callable[[Stage], None]


def check(subject: str, *, suite: str | None = None, grade: Grade = Grade.BRONZE, tries: tuple[str, ...] = ()) -> Callable[[Run], Run]:
    """Add a check to the contract. Its docstring says what holds."""

    def declare(function: Run) -> Run:
        what = (function.__doc__ or "").strip().splitlines()[0]
        CHECKS.append(Check(f"{subject}::{function.__name__}", suite, grade, what, function, tries))
        return function

    return declare


def sample(kind: Any) -> object:  # noqa: ANN401 - whatever an annotation holds
    """Some value of a path parameter's type that belongs to no object."""
    return {int: 987_654_321}.get(kind, "00000000-0000-7000-8000-000000000000")
