"""A table on paper: its rows as texts, its columns as wide as what stands in them."""

import re
import unicodedata
from collections.abc import Sequence

from smilero_sdk.context import TenantContext
from smilero_sdk.papers import Column, Roll
from smilero_sdk.tables import Column as Asked
from smilero_sdk.tables import Kind, Table

PDF = "pdf"
_NUMBERS = frozenset({Kind.NUMBER, Kind.WON})
# In letters of the alphabet; a Korean one is as wide as two.
_NARROWEST, _WIDEST = 6, 34
_WIDE = frozenset("WF")
# A few very long texts must not take the room of all others.
_USUAL = 0.95


def roll_of(title: str, line: str, columns: Sequence[tuple[Asked, str]], rows: Sequence[Sequence[str]]) -> Roll:
    """The list.

    Args:
        columns: each with its head.
        rows: a text for each column.
    """
    shares = [max(_width(head), _usual([_width(row[number]) for row in rows])) for number, (_, head) in enumerate(columns)]
    made = [
        Column(head, asked.kind in _NUMBERS, min(max(share, _NARROWEST), _WIDEST))
        for (asked, head), share in zip(columns, shares, strict=True)
    ]
    return Roll(title, tuple(made), tuple(tuple(row) for row in rows), (line,))


def tally(context: TenantContext, table: Table, count: int) -> str:
    """How many there are, without the mark-up that the page has."""
    return re.sub("</?b>", "", context.text(table.counted, count=count))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)


def _usual(widths: Sequence[int]) -> int:
    return sorted(widths)[int(_USUAL * (len(widths) - 1))] if widths else 0
