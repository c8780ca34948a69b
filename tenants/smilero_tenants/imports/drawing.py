"""A sheet on its way in as its page wants it, and the sheets that are given back."""

from collections.abc import Mapping, Sequence
from typing import Any

from smilero_core.plugins.context import Context
from smilero_core.registry.categories import Category
from smilero_core.registry.csv_file import harmless
from smilero_core.registry.import_runs import Run
from smilero_core.registry.shop_sheet import COLUMNS, NEEDED
from smilero_sdk.tables import Column
from smilero_tenants.tables.files import CsvSheet, whole
from smilero_tenants.tables.workbook import XlsxSheet

View = dict[str, object]
# Lines on the page; the file has all that are told.
_MOST_SHOWN = 200


def shown_run(context: Context, run: Run, here: str) -> View:
    """One sheet."""
    lines = [] if run.state == "unreadable" else [_line(context, run, one) for one in run.faults[:_MOST_SHOWN]]
    counts = {name: getattr(run, name) for name in ("total", "seen", "added", "changed", "same", "refused")}
    return {
        "state": "halted" if run.halted else run.state,
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


def refused_sheet(context: Context, run: Run, kind: str) -> bytes:
    """The refused lines as they came, each with what is to be mended. It takes a thread's time."""
    heads = [*run.head, context.text("imports.mend")]
    rows = [[*_as_sent(run, one), _mended(context, one)] for one in run.faults]
    if kind == "csv":
        return whole(CsvSheet(list(map(harmless, heads))), [list(map(harmless, row)) for row in rows])
    return whole(XlsxSheet(context.text("imports.refused_title"), heads, _columns(heads)), rows)


def _as_sent(run: Run, one: Mapping[str, Any]) -> list[str]:
    """The cells below the head of the sheet, no more and no less."""
    return [*one["cells"], *[""] * len(run.head)][: len(run.head)]


def _mended(context: Context, one: Mapping[str, Any]) -> str:
    """Every fault of a line with its column."""
    said = [(COLUMNS[fault["column"]][0] if fault["column"] else "", _sentence(context, fault)) for fault in one["faults"]]
    return " / ".join(f"{column}: {text}" if column else text for column, text in said)


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


def template_sheet(context: Context, kind: str) -> bytes:
    """A sheet with its heads alone, and in a workbook a second one that explains them. It takes a thread's time."""
    told = [(str(one["name"]), f"{one['needed']} {one['about']}".strip()) for one in columns_told(context)]
    heads = [name for name, _ in told]
    if kind == "csv":
        return whole(CsvSheet(heads), [])
    return whole(XlsxSheet(context.text("imports.shops_title"), heads, _columns(heads), (context.text("imports.columns_title"), told)), [])


def _columns(heads: Sequence[str]) -> list[Column]:
    return [Column(str(number), "") for number, _ in enumerate(heads)]
