"""What the `provide_*` hooks answer with, besides pages: search, print, measures, a person's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from smilero_sdk.pages import Face


@dataclass(frozen=True)
class SearchHit:
    """Something that was looked for.

    Attributes:
        title: what it is called.
        detail: one more line, or empty.
        path: below the plugin's address on the face that was asked for.
        weight: 0 to 100, how well it fits; a whole name is 100.
    """

    title: str
    detail: str
    path: str
    weight: int = 50


@dataclass(frozen=True)
class Printout:
    """A sheet to put up at the stall; the host lays it out on A5 with the foundation's seal and the shop's name.

    Attributes:
        name: stable, of the plugin's own.
        label: a key of the catalogue: what the sheet is, in the list of sheets.
        title, lines: what stands on it, large and small.
        path: where its QR code leads, on the public face below the plugin's address; None: no code.
    """

    name: str
    label: str
    title: str
    lines: tuple[str, ...] = ()
    path: str | None = None


class Unit(StrEnum):
    """What a measure counts."""

    COUNT = "count"
    PEOPLE = "people"
    WON = "won"


@dataclass(frozen=True)
class Measure:
    """A figure that a plugin can give for any day. Its name for people is the sentence `<plugin>.measure.<name>`."""

    name: str
    unit: Unit


@dataclass(frozen=True)
class Period:
    """Calendar days where the markets are, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class MeasureValue:
    """A figure of a day; `shop_id` None: of the tenant as a whole. Days without anything are left out."""

    measure: str
    day: date
    value: int
    shop_id: UUID | None = None


@dataclass(frozen=True)
class PersonSection:
    """What a plugin stores about somebody, for that person to read.

    Attributes:
        title: a key of the catalogue.
        rows: each a flat mapping of what JSON knows; the same keys in each row.
    """

    title: str
    rows: Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Kept:
    """What stays after an erasure because a law says so.

    Attributes:
        what, why: keys of the catalogue; `why` names the Act and its article.
        until: when it goes too; None: not known yet.
    """

    what: str
    why: str
    until: date | None = None


@dataclass(frozen=True)
class Search:
    """What is looked for: where, with which words, and how many answers are wanted."""

    face: Face
    text: str
    limit: int = field(default=20)


@dataclass(frozen=True)
class Todo:
    """Something that waits for the foundation's people.

    Attributes:
        title: what is to be done, in the reader's language.
        detail: one more line, or empty.
        path: where it is done, below the plugin's address in the console.
        permission: of the plugin, without which it is not shown.
        since: how long it has been waiting; aware.
        urgent: whether it stands in front of what has waited longer.
        count: how many things it stands for, at least one.
    """

    title: str
    detail: str
    path: str
    permission: str
    since: datetime
    urgent: bool = False
    count: int = 1
