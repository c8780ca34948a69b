"""All of what is asked of a table as a file: many short transactions, none of them open while a piece is made or sent."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

import anyio.to_thread
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from smilero_core.plugins.context import Context
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face
from smilero_sdk.papers import MOST_COLUMNS
from smilero_sdk.tables import Column, Value
from smilero_tenants.faces.papers import look_of, on_paper, paper_language
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.posting import KEY_FIELD
from smilero_tenants.faces.visit import Visit, visiting
from smilero_tenants.papers.typesetting import Look, require_rows
from smilero_tenants.tables.asking import Asked, visible
from smilero_tenants.tables.drawing import FORMATS
from smilero_tenants.tables.files import CsvSheet, Sheet
from smilero_tenants.tables.place import Place
from smilero_tenants.tables.printing import PDF, roll_of, tally
from smilero_tenants.tables.saying import as_itself, as_text, said
from smilero_tenants.tables.workbook import Cell, XlsxSheet

# Rows that are read in one transaction.
AT_ONCE = 500


@dataclass(frozen=True)
class _Taken:
    """What is to be in the file, as it was when somebody asked for it; a row that goes meanwhile is left out, and none comes twice."""

    ids: Sequence[UUID]
    columns: Sequence[Column]
    heads: Sequence[str]
    title: str
    name: str
    look: Look
    line: str


async def export(parts: FaceParts, place: Place, request: Request) -> Response:
    """The file, sent as it grows; what is wrong with the question is told before. Raises SignInNeeded, `tables.asked` (422)."""
    form = await request.form()
    kind = str(form.get("format", ""))
    tenant, language = request.state.tenant, request.state.language
    language = paper_language(tenant, language) if kind == PDF else language
    async with visiting(parts, request, Face.CONSOLE, read_only=False, language=language) as visit:
        place.admitted(visit)
        if kind not in FORMATS:
            raise Problem("tables.asked", HTTPStatus.UNPROCESSABLE_ENTITY)
        taken = await _take(place, visit, fields(form, "format", KEY_FIELD), kind)
    asking = _Asking(parts, place, request)
    if kind == PDF:
        return await _print(asking, taken)
    sheet: Sheet = CsvSheet(taken.heads) if kind == "csv" else XlsxSheet(taken.title, taken.heads, taken.columns)
    headers = {"Content-Disposition": f'attachment; filename="{taken.name}.{kind}"', "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(asking, taken, sheet), media_type=sheet.media_type, headers=headers)


@dataclass(frozen=True)
class _Asking:
    """Who asks, and of which table."""

    parts: FaceParts
    place: Place
    request: Request


async def _pieces(asking: _Asking, taken: _Taken, sheet: Sheet) -> AsyncIterator[bytes]:
    """The file as it grows.

    Whoever loses session or role meanwhile has a file that breaks off, which a browser says: there is no other answer once it has begun.
    """
    yield await anyio.to_thread.run_sync(sheet.head)
    say = as_itself if isinstance(sheet, XlsxSheet) else as_text
    async for context, values in _read(asking, taken):
        if piece := await anyio.to_thread.run_sync(sheet.add, _cells(context, taken.columns, say, values)):
            yield piece
    if piece := await anyio.to_thread.run_sync(sheet.end):
        yield piece


async def _print(asking: _Asking, taken: _Taken) -> Response:
    """The same on paper, whose letters are bounded, so that it may lie in memory."""
    rows = [
        [str(cell) for cell in row]
        async for context, values in _read(asking, taken)
        for row in _cells(context, taken.columns, said, values)
    ]
    roll = await anyio.to_thread.run_sync(roll_of, taken.title, taken.line, list(zip(taken.columns, taken.heads, strict=True)), rows)
    return await on_paper(asking.parts, asking.request.state.tenant, roll, taken.look)


async def _read(asking: _Asking, taken: _Taken) -> AsyncIterator[tuple[Context, list[list[Value]]]]:
    """So many rows in each of many short transactions, none open while they are written."""
    for start in range(0, len(taken.ids), AT_ONCE):
        async with visiting(asking.parts, asking.request, Face.CONSOLE, language=taken.look.language) as visit:
            context = asking.place.admitted(visit)
            values = await _values(asking.place, context, taken, taken.ids[start : start + AT_ONCE])
        yield context, values


def fields(form: FormData, *apart: str) -> ImmutableMultiDict[str, str]:
    """The texts of a form but for some."""
    return ImmutableMultiDict([(name, value) for name, value in form.multi_items() if isinstance(value, str) and name not in apart])


async def _take(place: Place, visit: Visit, sent: ImmutableMultiDict[str, str], kind: str) -> _Taken:
    """Find what is asked for, and put on record who takes it, before a byte of it leaves."""
    context = place.admitted(visit)
    asked = await place.read(context, sent, visit.request.cookies.get(place.cookie, ""))
    found = await place.find(context, asked.whole())
    columns = _columns(context, place, asked)
    if kind == PDF:
        columns = columns[:MOST_COLUMNS]
        require_rows(len(found.ids), len(columns))
    personal = ", ".join(context.text(one.label) for one in columns if one.permission is not None)
    title = context.text(place.table.title)
    # Which filters, and not what was looked for: the log keeps for good, and a name may stand in it.
    after = {**({"filters": ", ".join(asked.given)} if asked.given else {}), **({"personal": personal} if personal else {})}
    await visit.context.audit.record("tables.audit.exported", after=after or None, table=title, count=len(found.ids))
    name = f"{place.table.name}-{visit.tenant.slug}-{visit.context.today:%Y%m%d}"
    heads, line = [context.text(one.label) for one in columns], tally(visit.context, place.table, len(found.ids))
    return _Taken(found.ids, columns, heads, title, name, await look_of(visit), line)


def _columns(context: Context, place: Place, asked: Asked) -> list[Column]:
    return [one for one in visible(context, place.table, in_file=True) if one in asked.columns or not one.on_page]


async def _values(place: Place, context: Context, taken: _Taken, ids: Sequence[UUID]) -> list[list[Value]]:
    by_id = {row.id: row.values for row in await place.rows(context, ids)}
    # A right that was taken away meanwhile takes its column's values along.
    may = [one.permission is None or context.actor.may(one.permission) for one in taken.columns]
    return [
        [by_id[one].get(column.name) if has else None for column, has in zip(taken.columns, may, strict=True)]
        for one in ids
        if one in by_id
    ]


def _cells(
    context: Context, columns: Sequence[Column], say: Callable[[Context, Column, Value], Cell], rows: Sequence[Sequence[Value]]
) -> Iterator[list[Cell]]:
    for row in rows:
        yield [say(context, column, value) for column, value in zip(columns, row, strict=True)]
