"""What an import would do, before anything is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from smilero_core.registry.market_row import MarketRow

_PROVENANCE: Final = frozenset({"data_date", "provider"})
_EMPTY: Final = (None, "", ())


class FieldChange(NamedTuple):
    """One field of a market before and after the import."""

    field: str
    before: object
    after: object


class MarketChange(NamedTuple):
    """A market that the import would change."""

    row: MarketRow
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of an import, in the file's order.

    Attributes:
        added: markets that are new.
        changed: markets with fields that differ.
        unchanged: markets that stay as they are.
        missing: keys of markets that the file does not have; they stay, since a file that lacks a market does not say that it is gone.
    """

    added: tuple[MarketRow, ...]
    changed: tuple[MarketChange, ...]
    unchanged: tuple[MarketRow, ...]
    missing: tuple[str, ...]


def preview(rows: Sequence[MarketRow], existing: Mapping[str, Mapping[str, object]]) -> Preview:
    """Compare `rows` with the `existing` markets: by key, the values of those fields of `MarketRow` that are kept.

    What the file leaves empty stays as it was: a foundation's own telephone number outlives a file without one. The rows of
    the answer are completed so, and can be written as they are. A newer date or another provider alone is no change.
    """
    keys = {row.key for row in rows}
    known = [(_completed(row, existing[row.key]), existing[row.key]) for row in rows if row.key in existing]
    compared = [(row, _changes(row, kept)) for row, kept in known]
    return Preview(
        added=tuple(row for row in rows if row.key not in existing),
        changed=tuple(MarketChange(row, changes) for row, changes in compared if changes),
        unchanged=tuple(row for row, changes in compared if not changes),
        missing=tuple(key for key in existing if key not in keys),
    )


def _completed(row: MarketRow, kept: Mapping[str, object]) -> MarketRow:
    gaps: dict[str, Any] = {name: _comparable(kept[name]) for name, value in row.values().items() if value in _EMPTY and name in kept}
    return replace(row, **gaps)


def _changes(row: MarketRow, kept: Mapping[str, object]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, _comparable(kept[name]), after)
        for name, after in row.values().items()
        if name in kept and name not in _PROVENANCE and _comparable(kept[name]) != after
    )


def _comparable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
