"""Tables of the console, declared once: the host filters, sorts, pages, draws them, and gives them as CSV and XLSX.

A plugin declares one beside its pages, `pages.table("/campaigns", TABLE, permission=READ)`. What an address asks for reaches the source
only when the table declares it: names of columns and filters are never taken from outside.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from smilero_sdk.context import TenantContext


class Kind(StrEnum):
    """What stands in a column; numbers stay numbers and days stay days in an XLSX file."""

    TEXT = "text"
    NUMBER = "number"
    WON = "won"
    DATE = "date"
    MOMENT = "moment"
    PHONE = "phone"
    STATE = "state"


@dataclass(frozen=True)
class Column:
    """A column; the first of a table is what its rows are about, and is always shown.

    Attributes:
        name: stable; it stands in addresses.
        label: a key of the catalogue.
        shown: whether those see it who chose nothing.
        permission: who may see it besides those who may see the table; for what is personal.
        on_page, in_file: where it is: whole telephone numbers are in files alone, and ways to other pages are not.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    sortable: bool = False
    shown: bool = True
    permission: str | None = None
    on_page: bool = True
    in_file: bool = True


class Asks(StrEnum):
    """What a filter takes: words, one of some choices, a day (the source says whether the first or the last)."""

    WORDS = "words"
    CHOICE = "choice"
    DAY = "day"


@dataclass(frozen=True)
class Choice:
    """One of the choices of a filter, as people read it."""

    value: str
    label: str


@dataclass(frozen=True)
class Filter:
    """What is asked above the table.

    Attributes:
        name: stable; it stands in addresses, so no column that is shown only to some may be found by it.
        label: a key of the catalogue.
        choices: of a choice: what there is just now; nothing else reaches the source.
    """

    name: str
    label: str
    asks: Asks = Asks.WORDS
    choices: Callable[[TenantContext], Awaitable[Sequence[Choice]]] | None = None


@dataclass(frozen=True)
class Wanted:
    """What somebody asks of a table, checked against its declaration.

    Attributes:
        filters: those that were given, by their names; a day is a `date`.
        sort: the name of a sortable column.
        limit: None: all of them.
    """

    filters: Mapping[str, str | date]
    sort: str
    descending: bool = False
    offset: int = 0
    limit: int | None = None

    def text(self, name: str) -> str:
        """A filter of words or of choices; empty when it was not given."""
        return str(self.filters.get(name, ""))

    def day(self, name: str) -> date | None:
        """A filter that takes a day."""
        value = self.filters.get(name)
        return value if isinstance(value, date) else None


def ordering(columns: Mapping[str, str], wanted: Wanted, last: str) -> str:
    """The `order by` of a statement.

    Args:
        columns: the expression of each sortable column, by its name.
        last: what tells rows apart that are otherwise alike, so that pages never overlap.

    Raises KeyError for a column without an expression: nothing of an address gets into a statement.
    """
    way = "desc" if wanted.descending else "asc"
    return f"{columns[wanted.sort]} {way} nulls last, {last} {way}"


@dataclass(frozen=True)
class Found:
    """The ids of what is wanted, in order, from the offset on; and how many there are in all."""

    ids: Sequence[UUID]
    total: int


@dataclass(frozen=True)
class State:
    """A state in words, with its mark: `on`, `off`, `wait`, or none."""

    text: str
    tone: str = ""


Value = str | int | date | datetime | State | None


@dataclass(frozen=True)
class Row:
    """What a table shows of one thing.

    Attributes:
        values: by the names of columns; a column that is not here is empty.
        url: where the first column leads.
        links: where others lead, by their names.
    """

    id: UUID
    values: Mapping[str, Value]
    url: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Where the rows of a table are. A file of all of them is made of many short transactions, so ids come first, and rows by them."""

    async def find(self, ctx: TenantContext, wanted: Wanted, /) -> Found:
        """The ids of what is wanted."""

    async def rows(self, ctx: TenantContext, ids: Sequence[UUID], /) -> Sequence[Row]:
        """The rows of some ids in whatever order; one that is gone meanwhile is left out, and so is one of another foundation."""


@dataclass(frozen=True)
class BulkAction:
    """What can be done with many rows at once, row by row.

    Attributes:
        name: stable; it stands in addresses.
        label: a key: the button.
        question: a key with `{count}`: what is asked first.
        done: a key with `{count}`: what was done.
        carry_out: does it with one row; raises Problem for one that it cannot be done with, which is told and keeps no other from it.
            Raises `http.not_found` for an id that is nobody's here.
    """

    name: str
    label: str
    question: str
    done: str
    permission: str
    carry_out: Callable[[TenantContext, UUID], Awaitable[None]]


@dataclass(frozen=True)
class Nothing:
    """What stands there instead of an empty table: keys of what is missing and of what to do first, and a picture."""

    title: str
    text: str
    icon: str


@dataclass(frozen=True)
class Link:
    """Where one goes on from the table."""

    label: str
    path: str
    permission: str | None = None


@dataclass(frozen=True)
class Table:
    """A table of the console.

    Attributes:
        name: stable; the chosen columns are remembered and files are called by it.
        title, lead: keys of the catalogue: the heading, and what the page is for.
        counted: a key with `{count}`, which may mark it with `<b>`.
        sort: the column by which it is sorted at first; `-name` for the other way round.
    """

    name: str
    title: str
    lead: str
    columns: tuple[Column, ...]
    source: Source
    nothing: Nothing
    sort: str
    counted: str = "tables.counted"
    filters: tuple[Filter, ...] = ()
    actions: tuple[BulkAction, ...] = ()
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for a declaration that contradicts itself."""
        names = [*(one.name for one in self.columns), *(one.name for one in self.filters)]
        called = [self.name, *names, *(one.name for one in self.actions)]
        sortable = {one.name for one in self.columns if one.sortable}
        wrong = [
            (
                not self.columns or self.columns[0].permission is not None or not self.columns[0].on_page,
                "its first column is not everybody's",
            ),
            (self.sort.removeprefix("-") not in sortable, f"it is sorted by {self.sort!r}, which is not sortable"),
            (
                not all(map(_NAME.fullmatch, called)),
                "names are small letters, digits and _: they stand in addresses, cookies and names of files",
            ),
            (len({one.name for one in self.actions}) < len(self.actions), "two actions have one name"),
            (len({one.name for one in self.columns}) < len(self.columns), "two columns have one name"),
            (len({one.name for one in self.filters}) < len(self.filters), "two filters have one name"),
            (not RESERVED.isdisjoint(names), f"one of {sorted(RESERVED)} is the table's own word"),
            (any(one.sortable and one.permission for one in self.columns), "a column that only some see must not sort"),
            (any((one.asks is Asks.CHOICE) != (one.choices is not None) for one in self.filters), "a filter without choices"),
        ]
        for is_wrong, why in wrong:
            if is_wrong:
                msg = f"the table {self.name!r}: {why}"
                raise ValueError(msg)


_NAME = re.compile(r"[a-z][a-z0-9_]*")
# What an address says of a table besides its filters.
RESERVED = frozenset({"sort", "page", "column", "format", "all", "row", "rows", "count", "idempotency_key"})
