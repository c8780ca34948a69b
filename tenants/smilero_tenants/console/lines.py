"""Lines of a list of invitations: a shop of the market, a number, perhaps a name, as they are pasted from a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from smilero_core.identity.phone import normal_phone
from smilero_core.registry.models import ShopRow
from smilero_sdk.errors import Problem

MOST_LINES = 200
LONGEST_LINES = 20_000
_LONGEST_NAME = 40
_LEAST_FIELDS, _MOST_FIELDS = 3, 4


@dataclass(frozen=True)
class Line:
    """One line: what it says, or what is wrong with it.

    Attributes:
        number: as people count, from 1; empty lines count too.
        phone: E.164.
    """

    number: int
    text: str
    shop: ShopRow | None = None
    phone: str = ""
    name: str = ""
    fault: Problem | None = None


def read_lines(text: str, shops: Sequence[ShopRow]) -> list[Line]:
    """Each line that is not empty. A number that comes twice for a shop is wrong the second time.

    Raises `invitations.too_many` (422).
    """
    written = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(written) > MOST_LINES:
        raise Problem("invitations.too_many", HTTPStatus.UNPROCESSABLE_ENTITY, most=MOST_LINES)
    return list(_read(written, shops))


def _read(written: Sequence[tuple[int, str]], shops: Sequence[ShopRow]) -> Iterator[Line]:
    seen: dict[tuple[object, str], int] = {}
    for number, text in written:
        try:
            line = _line(number, text, shops)
            before = seen.setdefault((line.shop and line.shop.id, line.phone), number)
            if before != number:
                raise _wrong("twice", line=before)
        except Problem as fault:
            yield Line(number, text, fault=fault)
        else:
            yield line


def _line(number: int, text: str, shops: Sequence[ShopRow]) -> Line:
    # A table that was copied has tabs, and then a comma is part of a name.
    fields = [one.strip() for one in text.split("\t" if "\t" in text else ",")]
    if not _LEAST_FIELDS <= len(fields) <= _MOST_FIELDS:
        raise _wrong("fields")
    shop, stall, phone, *rest = fields
    name = rest[0] if rest else ""
    if len(name) > _LONGEST_NAME:
        raise _wrong("name", most=_LONGEST_NAME)
    return Line(number, text, _shop(shop, stall, shops), normal_phone(phone), name)


def _shop(name: str, stall: str, shops: Sequence[ShopRow]) -> ShopRow:
    found = [one for one in shops if one.name == name and (not stall or one.stall == stall)]
    if not found:
        raise _wrong("no_shop")
    if len(found) > 1:
        raise _wrong("many")
    return found[0]


def _wrong(what: str, *, line: int = 0, most: int = 0) -> Problem:
    return Problem(f"invitations.line.{what}", HTTPStatus.UNPROCESSABLE_ENTITY, line=line, most=most)
