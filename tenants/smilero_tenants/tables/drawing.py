"""A table as its template wants it."""

from collections.abc import Sequence

from smilero_sdk.context import TenantContext
from smilero_sdk.ids import uuid7
from smilero_sdk.tables import Asks, Column, Filter, Found, Kind, Row, State, Table
from smilero_tenants.tables.asking import PAGE_SIZE, Asked, visible
from smilero_tenants.tables.saying import said

View = dict[str, object]
_NUMBERS = frozenset({Kind.NUMBER, Kind.WON})
FORMATS = ("xlsx", "csv", "pdf")
_AS_TEXT = frozenset({Kind.TEXT, Kind.PHONE, Kind.STATE})
_SAID = {
    (kind, way): f"tables.sort.{'text' if kind in _AS_TEXT else 'number' if kind in _NUMBERS else 'day'}.{way}"
    for kind in Kind
    for way in ("up", "down")
}


def drawn(context: TenantContext, table: Table, asked: Asked, found: Found, rows: Sequence[Row]) -> View:
    """The page of a table; paths in it are below the table's own."""
    pages = max(1, -(-found.total // PAGE_SIZE))
    by_id = {row.id: row for row in rows}
    actions = [one for one in table.actions if context.actor.may(one.permission)]
    filled = bool(found.total or asked.given)
    return {
        "title": context.text(table.title),
        "lead": context.text(table.lead),
        "filters": [_filter(context, one, asked) for one in table.filters] if filled else [],
        "counted": {"key": table.counted, "count": found.total},
        "heads": [_head(context, one, asked) for one in asked.columns],
        "sorts": _sorts(context, table, asked),
        "rows": [_row(context, asked, by_id[one]) for one in found.ids if one in by_id],
        "choosable": _choosable(context, table, asked),
        "given": {**asked.given, "sort": asked.sort},
        "searched": bool(asked.given),
        "total": found.total,
        "page_text": context.text("ui.pager.page", page=asked.page, pages=pages),
        "prev_url": asked.address(page=min(asked.page - 1, pages)) if asked.page > 1 else None,
        "next_url": asked.address(page=asked.page + 1) if asked.page < pages else None,
        "formats": [{"value": one, "label": context.text(f"tables.format.{one}")} for one in FORMATS],
        "actions": [{"name": one.name, "label": context.text(one.label)} for one in actions],
        "links": [
            {"label": context.text(one.label), "url": one.path}
            for one in table.links
            if one.permission is None or context.actor.may(one.permission)
        ],
        "nothing": {"title": context.text(table.nothing.title), "text": context.text(table.nothing.text), "icon": table.nothing.icon},
        "key": str(uuid7()),
    }


def _filter(context: TenantContext, one: Filter, asked: Asked) -> View:
    value = asked.given.get(one.name, "")
    choices = [{"value": each.value, "label": each.label, "selected": each.value == value} for each in asked.choices.get(one.name, ())]
    kind = {Asks.WORDS: "words", Asks.CHOICE: "choice", Asks.DAY: "day"}[one.asks]
    return {"name": one.name, "label": context.text(one.label), "kind": kind, "value": value, "choices": choices}


def _head(context: TenantContext, column: Column, asked: Asked) -> View:
    sorted_by = column.name == asked.wanted.sort
    down = sorted_by and not asked.wanted.descending
    way = ("descending" if asked.wanted.descending else "ascending") if sorted_by else "none"
    return {
        "label": context.text(column.label),
        "number": column.kind in _NUMBERS,
        "sort": way if column.sortable else None,
        "url": asked.address(sort=f"-{column.name}" if down else column.name) if column.sortable else None,
    }


def _sorts(context: TenantContext, table: Table, asked: Asked) -> list[View]:
    """The same as the heads say, as one choice for a narrow screen."""
    ways = [(f"{sign}{one.name}", one, way) for one in table.columns if one.sortable for sign, way in (("", "up"), ("-", "down"))]
    return [
        {"value": value, "label": context.text(_SAID[one.kind, way], column=context.text(one.label)), "selected": value == asked.sort}
        for value, one, way in ways
    ]


def _choosable(context: TenantContext, table: Table, asked: Asked) -> list[View]:
    return [
        {"name": one.name, "label": context.text(one.label), "shown": one in asked.columns, "fixed": one is table.columns[0]}
        for one in visible(context, table)
    ]


def _row(context: TenantContext, asked: Asked, row: Row) -> View:
    return {"id": str(row.id), "url": row.url, "cells": [_cell(context, one, row) for one in asked.columns]}


def _cell(context: TenantContext, column: Column, row: Row) -> View:
    value = row.values.get(column.name)
    return {
        "label": context.text(column.label),
        "kind": column.kind.value,
        "number": column.kind in _NUMBERS,
        "text": said(context, column, value),
        "tone": value.tone if isinstance(value, State) else "",
        "url": row.links.get(column.name),
    }
