"""What an address asks of a table, read by the table's declaration alone: a name that is not declared never reaches a source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.datastructures import ImmutableMultiDict

from smilero_sdk.context import TenantContext
from smilero_sdk.errors import Problem
from smilero_sdk.tables import Asks, Choice, Column, Filter, Table, Wanted
from smilero_sdk.words import composed

PAGE_SIZE = 50
_LONGEST = 60
_MOST_PAGES = 100_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


@dataclass(frozen=True)
class Asked:
    """A table as somebody wants to see it.

    Attributes:
        given: the filters as the address has them; empty ones are left out.
        choices: of each filter that has some.
        columns: those to be shown, in the table's order.
        chosen: whether the address itself says which.
    """

    wanted: Wanted
    given: Mapping[str, str]
    page: int
    columns: Sequence[Column]
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    chosen: bool = False

    @property
    def sort(self) -> str:
        """As an address says it."""
        return f"-{self.wanted.sort}" if self.wanted.descending else self.wanted.sort

    def address(self, **changes: object) -> str:
        """The same with something else, as `?q=…&sort=…`."""
        return "?" + urlencode({**self.given, "sort": self.sort, **changes})

    def last(self, total: int) -> "Asked | None":
        """The last page there is, where a page behind it is asked for: rows go, and the address of a page stays."""
        page = max(1, -(-total // PAGE_SIZE))
        if self.page <= page:
            return None
        return replace(self, page=page, wanted=replace(self.wanted, offset=(page - 1) * PAGE_SIZE))

    def whole(self) -> Wanted:
        """All of what is asked for, not a page of it."""
        return replace(self.wanted, offset=0, limit=None)


def visible(context: TenantContext, table: Table, *, in_file: bool = False) -> list[Column]:
    """The columns that somebody may see at all."""
    return [
        one
        for one in table.columns
        if (one.permission is None or context.actor.may(one.permission)) and (one.in_file if in_file else one.on_page)
    ]


async def read(context: TenantContext, table: Table, sent: ImmutableMultiDict[str, str], remembered: str = "") -> Asked:
    """What is asked for.

    Args:
        sent: the query of an address, or a form that carries one on.
        remembered: the columns chosen before, by their names with dots between them.

    Raises `tables.asked` (422) for a filter, a choice, a column or a page that there is not.
    """
    known = {one.name for one in table.filters} | {"sort", "page", "column"}
    if not known.issuperset(sent.keys()):
        raise _wrong()
    choices = {one.name: await one.choices(context) for one in table.filters if one.choices is not None}
    given = {one.name: text for one in table.filters if (text := " ".join(composed(sent.get(one.name, "")).split()))}
    filters = {one.name: _value(one, given[one.name], choices.get(one.name, ())) for one in table.filters if one.name in given}
    sort, page = sent.get("sort") or table.sort, _page(sent.get("page") or "1")
    name = sort.removeprefix("-")
    if name not in {one.name for one in table.columns if one.sortable}:
        raise _wrong()
    wanted = Wanted(filters, name, sort.startswith("-"), (page - 1) * PAGE_SIZE, PAGE_SIZE)
    columns, chosen = _columns(context, table, sent.getlist("column"), remembered)
    return Asked(wanted, given, page, columns, choices, chosen)


def _value(asks: Filter, text: str, choices: Sequence[Choice]) -> str | date:
    if len(text) > _LONGEST or not text.isprintable():
        raise _wrong()
    if asks.asks is Asks.CHOICE and text not in {one.value for one in choices}:
        raise _wrong()
    if asks.asks is not Asks.DAY:
        return text
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _wrong() from None
    # Sources count on from a day, and a calendar ends.
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _wrong()
    return day


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_PAGES))):
        raise _wrong()
    return min(max(int(text), 1), _MOST_PAGES)


def _columns(context: TenantContext, table: Table, asked: Sequence[str], remembered: str) -> tuple[list[Column], bool]:
    """A name that the address has and the table has not is refused; one that was remembered, as from an older version, is forgotten."""
    seen = visible(context, table)
    names = {one.name for one in seen}
    if not names.issuperset(asked):
        raise _wrong()
    kept = set(asked) or names.intersection(remembered.split(".")) or {one.name for one in seen if one.shown}
    return [one for one in seen if one.name in kept or one is seen[0]], bool(asked)


def _wrong() -> Problem:
    return Problem("tables.asked", HTTPStatus.UNPROCESSABLE_ENTITY)
