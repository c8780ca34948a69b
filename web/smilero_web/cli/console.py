"""How commands speak: one sentence for an error, JSON for scripts, and where the running services are."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, is_dataclass
from typing import Annotated, NoReturn, TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from smilero_core.db.settings import DatabaseSettings
from smilero_core.embedded import find_running
from smilero_core.plugins.host import PluginLoadError
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import LANGUAGES, Catalogue
from smilero_web.runtime import PACKAGES, Runtime, assemble, running
from smilero_web.settings import WebSettings

Result = TypeVar("Result")

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def language() -> str:
    """The language of the shell, Korean unless it says another of ours."""
    name = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")[:2].lower()
    return name if name in LANGUAGES else "ko"


def print_json(value: object) -> None:
    """One JSON document, alone on standard output."""
    sys.stdout.write(json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str) + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for a person."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)


def fail(problem: Problem) -> NoReturn:
    """Say what happened and end with exit code 1; lines of a refused import follow the sentence."""
    catalogue = Catalogue.of(PACKAGES)
    err.print(catalogue.text(language(), problem.code, **problem.params), style="red", highlight=False, markup=False)
    for line in getattr(problem, "lines", []):
        err.print(line.text(catalogue, language()), highlight=False, markup=False)
    err.print(f"({problem.code})", style="dim", highlight=False, markup=False)
    raise typer.Exit(1)


def say(key: str, /, **params: object) -> None:
    """A sentence for a person, on standard error: standard output is for results."""
    err.print(Catalogue.of(PACKAGES).text(language(), key, **params), highlight=False, markup=False)


def database_settings() -> DatabaseSettings:
    """The database of the environment, else the one that `smilero up` runs in this data folder. Raises `cli.not_running`."""
    settings = DatabaseSettings()
    if settings.database_url or settings.database_app_url:
        return settings
    folder = WebSettings().data_dir
    services = find_running(folder)
    if services is None:
        raise Problem("cli.not_running", folder=str(folder))
    return settings.with_server(services.database_url, services.secret)


def with_runtime(work: Callable[[Runtime], Awaitable[Result]]) -> Result:
    """Run something with the application's parts and the database open; errors end the command with a sentence."""

    async def run() -> Result:
        async with running(assemble(WebSettings()), database_settings()) as runtime:
            return await work(runtime)

    return guarded(lambda: asyncio.run(run()))


def guarded(work: Callable[[], Result]) -> Result:
    """Run something; what a person can act on becomes one sentence and exit code 1."""
    try:
        return work()
    except Problem as problem:
        fail(problem)
    except PluginLoadError as error:
        fail(Problem("plugins.broken", reason=str(error)))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        fail(Problem("database.unreachable", reason=str(error) or type(error).__name__))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
