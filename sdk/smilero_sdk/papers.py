"""What a plugin has put on paper: the host sets it as a PDF, in the foundation's look. Every text is a finished one, in `ctx.language`.

A page that answers with one is declared with `pages.paper`.
"""

from dataclasses import dataclass

# A foundation's longest list on paper; what is longer is a table to take away.
MOST_ROWS = 3_000
MOST_COLUMNS = 12
# Each cell takes some kilobytes while it is set, so that a wide list may be less long.
MOST_CELLS = 15_000
MOST_SLIPS = 400


@dataclass(frozen=True)
class Stand:
    """To put up at the stall, A5.

    Attributes:
        title, lines: what stands on it, large and small.
        path: where its QR code leads, a path of this host or a whole address; None: no code.
    """

    title: str
    lines: tuple[str, ...] = ()
    path: str | None = None


@dataclass(frozen=True)
class Column:
    """Of a list. `number` stands on the right; `share` is how wide it is beside the others."""

    title: str
    number: bool = False
    share: int = 1


@dataclass(frozen=True)
class Roll:
    """A list, on as many A4 as it needs, its heads repeated; on their side where it has more than five columns.

    Attributes:
        columns: one to twelve.
        rows: at most 3,000, and 15,000 texts in all; each with a text for each column. ValueError for another number of texts in one.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """A list whose rows do not fit its columns is an error of its author."""
        if not 0 < len(self.columns) <= MOST_COLUMNS or any(len(row) != len(self.columns) for row in self.rows):
            msg = f"{self.title}: a list has one to {MOST_COLUMNS} columns, and each of its rows a text for each of them"
            raise ValueError(msg)


@dataclass(frozen=True)
class Slips:
    """Slips of one kind to cut from A4, eight on each. At most 400.

    Attributes:
        title, lines: what stands on each, large and small.
        numbers: what is on one alone: to be typed at the till, and read by its QR code.
        path: where a code leads, with `{number}` where the number goes; None: it is the number itself.
    """

    title: str
    numbers: tuple[str, ...]
    lines: tuple[str, ...] = ()
    path: str | None = None


Paper = Stand | Roll | Slips
