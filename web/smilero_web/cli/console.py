"""How commands speak: results on standard output, everything else on standard error."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from functools import cache
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from smilero_sdk.errors import Problem
from smilero_sdk.i18n import LANGUAGES, Catalogue

# Without the plugins' own: a command that runs a plugin's code loads those too.
PACKAGES = ("smilero_sdk", "smilero_core", "smilero_tenants", "smilero_web")

# How processes that stay write their log.
LOG = "%(asctime)s %(levelname)s %(name)s %(message)s"

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]


def language() -> str:
    """The language of the shell, Korean unless it says another of ours."""
    name = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")[:2].lower()
    return name if name in LANGUAGES else "ko"


@cache
def catalogue() -> Catalogue:
    """What commands can say."""
    return Catalogue.of(PACKAGES)


def text(key: str, /, **params: object) -> str:
    """A sentence in the language of the shell."""
    return catalogue().text(language(), key, **params)


def say(sentence: str, colour: str | None = None) -> None:
    """Something for a person, in a colour on a terminal."""
    typer.secho(sentence, err=True, fg=colour)


def tell_refusal(problem: Problem) -> None:
    """What happened and what to do, the lines of a refused import, and the code."""
    say(text(problem.code, **problem.params), "red")
    for line in getattr(problem, "lines", ()):
        say(line.text(catalogue(), language()))
    say(f"({problem.code})")


def print_json(value: object) -> None:
    """One JSON document, alone on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for a person. The columns are words of the catalogue."""
    table = Table(*(text(f"cli.column.{column}") for column in columns))
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    Console(soft_wrap=True).print(table)


# What is being done, as a sentence, and how many of how many are done.
Told = Callable[[str, int, int], None]


@contextmanager
def progress() -> Iterator[Told]:
    """Tell how far something is: a bar for each sentence on a terminal, else the sentence once."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks = {}

        def told(sentence: str, done: int, total: int) -> None:
            if sentence not in tasks:
                tasks[sentence] = bars.add_task(sentence, total=total)
                if not console.is_terminal:
                    say(sentence)
            bars.update(tasks[sentence], completed=done)

        yield told


def _plain(value: object) -> object:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
