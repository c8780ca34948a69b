"""All of what is asked of a table as a file: many short transactions, none of them open while the file is made or sent."""

from collections.abc import AsyncIterator, Sequence
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
from smilero_sdk.tables import Column
from smilero_tenants.faces.papers import look_of, on_paper, paper_language
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.posting import KEY_FIELD
from smilero_tenants.faces.visit import Visit, visiting
from smilero_tenants.papers.typesetting import Look, require_rows
from smilero_tenants.tables.asking import Asked, visible
from smilero_tenants.tables.drawing import FORMATS
from smilero_tenants.tables.files import Cell, CsvSheet, Sheet, XlsxSheet, pieces
from smilero_tenants.tables.place import Place
from smilero_tenants.tables.printing import PDF, roll_of, tally
from smilero_tenants.tables.saying import as_itself, as_text, said

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
    """The file. Raises SignInNeeded, `tables.asked` (422)."""
    form = await request.form()
    kind = str(form.get("format", ""))
    tenant, language = request.state.tenant, request.state.language
    language = paper_language(tenant, language) if kind == PDF else language
    async with visiting(parts, request, Face.CONSOLE, read_only=False, language=language) as visit:
        place.admitted(visit)
        if kind not in FORMATS:
            raise Problem("tables.asked", HTTPStatus.UNPROCESSABLE_ENTITY)
        taken = await _take(place, visit, fields(form, "format", KEY_FIELD), kind)
    if kind == PDF:
        return await _print(parts, place, request, taken)
    sheet: Sheet = CsvSheet(taken.heads) if kind == "csv" else XlsxSheet(taken.title, taken.heads, taken.columns)
    async for cells in _all_cells(parts, place, request, taken, kind):
        await anyio.to_thread.run_sync(sheet.add, cells)
    file, size = await anyio.to_thread.run_sync(sheet.close)
    headers = {"Content-Disposition": f'attachment; filename="{taken.name}.{kind}"', "Cache-Control": "no-store"}
    return StreamingResponse(pieces(file), media_type=sheet.media_type, headers={**headers, "Content-Length": str(size)})


async def _print(parts: FaceParts, place: Place, request: Request, taken: _Taken) -> Response:
    """The same on paper, whose letters are bounded, so that it may lie in memory."""
    rows = [[str(cell or "") for cell in row] async for cells in _all_cells(parts, place, request, taken, PDF) for row in cells]
    roll = await anyio.to_thread.run_sync(roll_of, taken.title, taken.line, list(zip(taken.columns, taken.heads, strict=True)), rows)
    return await on_paper(parts, request.state.tenant, roll, taken.look)


async def _all_cells(parts: FaceParts, place: Place, request: Request, taken: _Taken, kind: str) -> AsyncIterator[list[list[Cell]]]:
    for start in range(0, len(taken.ids), AT_ONCE):
        async with visiting(parts, request, Face.CONSOLE, language=taken.look.language) as visit:
            cells = await _cells(place, place.admitted(visit), taken, slice(start, start + AT_ONCE), kind)
        yield cells


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


async def _cells(place: Place, context: Context, taken: _Taken, part: slice, kind: str) -> list[list[Cell]]:
    ids = taken.ids[part]
    by_id = {row.id: row.values for row in await place.rows(context, ids)}
    # A right that was taken away meanwhile takes its column's values along.
    may = [one.permission is None or context.actor.may(one.permission) for one in taken.columns]
    rows = [
        [by_id[one].get(column.name) if has else None for column, has in zip(taken.columns, may, strict=True)]
        for one in ids
        if one in by_id
    ]
    if kind == PDF:
        return [[said(context, column, value) for column, value in zip(taken.columns, row, strict=True)] for row in rows]
    if kind == "csv":
        return [[as_text(context, column, value) for column, value in zip(taken.columns, row, strict=True)] for row in rows]
    return [[as_itself(context, value) for value in row] for row in rows]
