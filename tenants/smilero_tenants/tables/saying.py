"""A value of a table in words for the page, and as itself for a file."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from smilero_sdk.context import TenantContext
from smilero_sdk.tables import Column, Kind, State, Value

# Where a spreadsheet would begin to reckon (OWASP, "CSV Injection"), the wide forms of Korean keyboards too.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# What no cell of a workbook may hold (ECMA-376, part 1, 22.9.2.19, and XML 1.0, 2.2).
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def said(context: TenantContext, column: Column, value: Value) -> str:
    """A value as people read it; empty for nothing."""
    match value:
        case None:
            return ""
        case State():
            return value.text
        case bool() | str():
            return str(value)
        case int():
            number = str(format_decimal(value, locale=context.language))
            return context.text("format.won", amount=number) if column.kind is Kind.WON else number
        case datetime():
            return f"{_here(context, value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()


def harmless(cell: str) -> str:
    """The cell with an apostrophe before it where it would be a formula, which makes it text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def as_text(context: TenantContext, column: Column, value: Value) -> str:
    """A cell of a CSV file: numbers without their commas, text that makes no spreadsheet reckon."""
    if isinstance(value, int) and column.kind in {Kind.NUMBER, Kind.WON}:
        return str(value)
    return harmless(said(context, column, value))


def as_itself(context: TenantContext, value: Value) -> str | int | date | datetime | None:
    """A cell of a workbook: numbers and days as such, moments where the markets are."""
    match value:
        case State():
            return _NO_TEXT.sub("", value.text)
        case str():
            return _NO_TEXT.sub("", value)
        case datetime():
            return _here(context, value).replace(tzinfo=None, microsecond=0)
        case _:
            return value


def _here(context: TenantContext, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(context.tenant.timezone))
