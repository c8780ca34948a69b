"""A sheet on its way in as its page wants it, and the sheets that are given back."""

from collections.abc import Mapping, Sequence
from typing import Any

from smilero_core.plugins.context import Context
from smilero_core.registry.categories import Category
from smilero_core.registry.import_runs import Run
from smilero_core.registry.shop_sheet import COLUMNS, NEEDED
from smilero_sdk.tables import Column
from smilero_tenants.tables.files import CsvSheet, Sheet, XlsxSheet
from smilero_tenants.tables.saying import harmless

View = dict[str, object]
# Lines on the page; the file has all that are told.
_MOST_SHOWN = 200


def shown_run(context: Context, run: Run, here: str) -> View:
    """One sheet."""
    lines = [] if run.state == "unreadable" else [_line(context, run, one) for one in run.faults[:_MOST_SHOWN]]
    counts = {name: getattr(run, name) for name in ("total", "seen", "added", "changed", "same", "refused")}
    return {
        "state": run.state,
        "busy": run.busy,
        "name": run.file_name or context.text("imports.nameless"),
        **counts,
        "why": [_sentence(context, one) for one in run.faults] if run.state == "unreadable" else [],
        "lines": lines,
        "left_out": run.refused - len(lines),
        "live_url": f"{here}/live",
        "keep": f"{here}/keep",
        "url": here,
        "refused_urls": [{"label": context.text(f"tables.format.{kind}"), "url": f"{here}/refused.{kind}"} for kind in ("xlsx", "csv")],
    }


def _line(context: Context, run: Run, one: Mapping[str, Any]) -> View:
    cells: Sequence[str] = one["cells"]
    faults = [
        {"column": COLUMNS[fault["column"]][0] if fault["column"] else "", "text": _sentence(context, fault)} for fault in one["faults"]
    ]
    return {"number": one["line"], "said": " · ".join(cell for cell in cells[: len(run.head)] if cell)[:120], "faults": faults}


def _sentence(context: Context, fault: Mapping[str, Any]) -> str:
    return context.text(fault["code"], **fault["params"])


def refused_sheet(context: Context, run: Run, kind: str) -> Sheet:
    """The refused lines as they came, each with what is to be mended. It takes a thread's time."""
    heads = [*run.head, context.text("imports.mend")]
    sheet = _sheet(kind, context.text("imports.refused_title"), heads)
    sheet.add(
        [
            [
                *(_cell(cell, kind) for cell in [*one["cells"], *[""] * len(run.head)][: len(run.head)]),
                _cell(" / ".join(f"{COLUMNS[f['column']][0]}: {_sentence(context, f)}" for f in one["faults"]), kind),
            ]
            for one in run.faults
        ]
    )
    return sheet


def columns_told(context: Context) -> list[View]:
    """The columns of a sheet with what belongs in them."""
    categories = ", ".join(one.label(context.catalogue, context.tenant.locale) for one in Category)
    needed = context.text("imports.needed")
    return [
        {
            "name": called[0],
            "about": context.text(f"imports.column.{name}", categories=categories),
            "needed": needed if name in NEEDED else "",
        }
        for name, called in COLUMNS.items()
    ]


def template_sheet(context: Context, kind: str) -> Sheet:
    """A sheet with its heads alone, and in a workbook a second one that explains them. It takes a thread's time."""
    told = [(str(one["name"]), f"{one['needed']} {one['about']}".strip()) for one in columns_told(context)]
    sheet = _sheet(kind, context.text("imports.shops_title"), [name for name, _ in told])
    if isinstance(sheet, XlsxSheet):
        sheet.explain(context.text("imports.columns_title"), told)
    return sheet


def _sheet(kind: str, title: str, heads: Sequence[str]) -> Sheet:
    return CsvSheet(heads) if kind == "csv" else XlsxSheet(title, heads, [Column(str(number), "") for number, _ in enumerate(heads)])


def _cell(text: str, kind: str) -> str:
    return harmless(text) if kind == "csv" else text
