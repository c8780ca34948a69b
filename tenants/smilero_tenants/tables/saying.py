"""A value of a table in words for the page, and as itself for a file."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from smilero_core.identity.phone import hyphened
from smilero_core.registry.csv_file import harmless
from smilero_sdk.context import TenantContext
from smilero_sdk.tables import Column, Kind, State, Value


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


def as_text(context: TenantContext, column: Column, value: Value) -> str:
    """A cell of a CSV file: numbers without their commas, text that makes no spreadsheet reckon."""
    if isinstance(value, int) and column.kind in {Kind.NUMBER, Kind.WON}:
        return str(value)
    return harmless(said(context, column, _shown(column, value)))


def as_itself(context: TenantContext, column: Column, value: Value) -> str | int | date | datetime | None:
    """A cell of a workbook: numbers and days as such, moments where the markets are."""
    match _shown(column, value):
        case State() as state:
            return state.text
        case datetime() as moment:
            return _here(context, moment).replace(tzinfo=None, microsecond=0)
        case other:
            return other


def _shown(column: Column, value: Value) -> Value:
    """A telephone number with its hyphens: of digits alone a spreadsheet makes a number, and drops the zero."""
    return hyphened(value) if column.kind is Kind.PHONE and isinstance(value, str) else value


def _here(context: TenantContext, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(context.tenant.timezone))
