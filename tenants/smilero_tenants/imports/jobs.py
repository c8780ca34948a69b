"""What the worker does with a sheet: reads it bit by bit, each bit told to whoever waits, and writes it in one transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from smilero_core.identity.access import REGISTRY_MANAGE
from smilero_core.plugins.context import Context
from smilero_core.plugins.work import Outside
from smilero_core.registry.categories import Category
from smilero_core.registry.csv_file import Record
from smilero_core.registry.import_runs import MOST_REFUSED, ImportRuns, Verdict
from smilero_core.registry.sheet_file import read_sheet
from smilero_core.registry.shop_plan import ShopPlanner
from smilero_core.registry.shop_sheet import Fault, Known, ShopReader
from smilero_sdk.context import OutsideContext, TenantContext
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import DEFAULT_LANGUAGE
from smilero_sdk.jobs import Job, Payload

READ, KEEP = "import_read", "import_keep"
# Lines that are looked at between two words of how far it is: a twentieth of the sheet, within these.
FEWEST_AT_ONCE, MOST_AT_ONCE = 100, 2_500
_TRIES = 5


class OneRun(Payload):
    """Which sheet."""

    run_id: UUID


@dataclass
class Judged:
    """What became of the lines so far.

    Attributes:
        told: the refused lines that are told, as JSON knows them; `count` is all of them.
    """

    reader: ShopReader
    planner: ShopPlanner
    told: list[dict[str, object]] = field(default_factory=list)
    count: int = 0

    def judge(self, records: Sequence[Record]) -> None:
        """Look at some lines; it takes a thread's time."""
        for record in records:
            line, faults = self.reader.read(record)
            faults = faults or (self.planner.add(line) if line else [])
            if faults:
                self.count += 1
                if len(self.told) < MOST_REFUSED:
                    self.told.append({"line": record.line, "cells": record.cells, "faults": [_told(one) for one in faults]})


def _told(fault: Fault) -> dict[str, object]:
    return {"column": fault.column, "code": fault.code, "params": dict(fault.params)}


async def read(ctx: OutsideContext, payload: OneRun) -> None:
    """Read a sheet. Begun again after a kill, it begins at the first line: nothing was kept."""
    outside = cast("Outside", ctx)
    async with outside.transaction() as context:
        runs = ImportRuns(context.host)
        content = await runs.content(payload.run_id)
        if content is None:
            return
        known, existing = await _known(context, payload.run_id), await runs.existing()
    try:
        head, *records = await asyncio.to_thread(read_sheet, content)
        judged = Judged(ShopReader(head, known), ShopPlanner(existing))
        if not records:
            raise Problem("registry.file_no_rows", 422)  # noqa: TRY301 - told like any other fault of the file
    except Problem as problem:
        async with outside.transaction() as context:
            await ImportRuns(context.host).unreadable(payload.run_id, {"line": 0, "code": problem.code, "params": dict(problem.params)})
            context.realtime.ring(topic(payload.run_id))
        return
    step = max(FEWEST_AT_ONCE, min(len(records) // 20, MOST_AT_ONCE))
    await _advance(outside, payload.run_id, 0, len(records))
    for start in range(0, len(records), step):
        await asyncio.to_thread(judged.judge, records[start : start + step])
        await _advance(outside, payload.run_id, min(start + step, len(records)), len(records))
    verdict = await asyncio.to_thread(Verdict.of, judged.planner.plan, head.cells, judged.told, judged.count)
    async with outside.transaction() as context:
        await ImportRuns(context.host).judged(payload.run_id, verdict)
        context.realtime.ring(topic(payload.run_id))


async def _advance(outside: Outside, run_id: UUID, seen: int, total: int) -> None:
    async with outside.transaction() as context:
        await ImportRuns(context.host).advance(run_id, seen, total)
        context.realtime.ring(topic(run_id))


async def _known(context: Context, run_id: UUID) -> Known:
    markets: dict[str, UUID | None] = {}
    for market in await context.reader.markets():
        key = "".join(market.row.name.split())
        markets[key] = None if key in markets else market.row.id
    return Known(markets, categories(context), (await ImportRuns(context.host).one(run_id)).market_id)


def categories(context: Context) -> Mapping[str, str]:
    """Codes by what they are called: in Korean, which is how sheets are kept, and in the foundation's own language."""
    labels = {
        one.label(context.catalogue, language): one.value for language in (context.tenant.locale, DEFAULT_LANGUAGE) for one in Category
    }
    return {"".join(label.split()): code for label, code in labels.items()}


async def keep(ctx: TenantContext, payload: OneRun) -> None:
    """Keep a sheet, whole or not at all: with the end of this job, in one transaction."""
    context = cast("Context", ctx)
    runs = ImportRuns(context.host)
    kept = await runs.keep(payload.run_id)
    if kept:
        run = await runs.one(payload.run_id)
        await context.audit.record("imports.audit.shops", payload.run_id, added=run.added, changed=run.changed, same=run.same)
    if kept is not None:
        context.realtime.ring(topic(payload.run_id))


def topic(run_id: UUID) -> str:
    """Of the pages that wait for it."""
    return f"core.import.{run_id}"


# The second stands on the word of whoever let it: a role that is gone meanwhile puts it aside undone.
IMPORT_JOBS: Mapping[str, Job] = {
    READ: Job(READ, cast("Any", read), OneRun, _TRIES, outside=True),
    KEEP: Job(KEEP, cast("Any", keep), OneRun, _TRIES, outside=False, on_behalf=True, permission=REGISTRY_MANAGE),
}
