"""`smilero plugin new` and `plugin check`: for those who write plugins."""

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from smilero_core.plugins.host import GROUP
from smilero_sdk.errors import Problem
from smilero_web.cli.console import JsonOption, print_json, print_table, say, text
from smilero_web.cli.migrate import assembled, find_plugins
from smilero_web.cli.office import web_settings
from smilero_web.scaffold import NewPlugin, write_plugin

_SHORT = 100


def new(
    name: Annotated[str, typer.Argument(help="Lower-case letters; it names the plugin everywhere.")],
    *,
    path: Annotated[Path | None, typer.Option("--path", help="The folder to make; smilero-plugin-NAME here unless told otherwise.")] = None,
    title: Annotated[str, typer.Option("--title", help="What merchants call it, in Korean.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it.")] = "",
) -> None:
    """Write a working plugin: pages, API, table, migration, job, schedule, setting, event, sentences, tests."""
    folder = path or Path(f"smilero-plugin-{name}")
    words = NewPlugin(
        name=name,
        title=title or text("scaffold.title"),
        english=name.capitalize(),
        about=text("scaffold.about"),
        owner=owner or text("scaffold.owner"),
    )
    files = write_plugin(words, folder, entry_points(group=GROUP).names)
    say(text("scaffold.made", folder=str(folder), count=len(files)))
    say(text("scaffold.next", folder=str(folder)))


def check(name: Annotated[str, typer.Argument(help="An installed plugin, as coupons.")], *, json: JsonOption = False) -> None:
    """Run the contract and the list of quality for a plugin, on servers of its own. Exit code 1 when a check fails."""
    if name not in find_plugins().plugins:
        raise Problem("plugins.unknown", 404, name=name)
    # What would stop a start is told as a start tells it: no check can run before that is mended.
    assembled(web_settings())
    try:
        from smilero_web.testhost.report import examine  # noqa: PLC0415 - needs servers from wheels, which other commands do not
    except ImportError as error:
        raise Problem("scaffold.not_complete", 500, reason=str(error)) from error
    with Progress(console=Console(stderr=True), transient=True) as progress:
        report = examine(name, _telling(progress))
    failed = report.count(False)
    passed = report.count(True)
    grade = report.grade.name.lower() if report.grade else "none"
    judged = [one for one in report.found if one.passed is not None]
    if json:
        print_json(
            {
                "passed": passed,
                "failed": failed,
                "score": report.score,
                "grade": grade,
                "checks": [{"name": one.check.name, "passed": one.passed, "detail": one.detail} for one in judged],
                "not_applicable": [{"name": one.check.name, "detail": one.detail} for one in report.found if one.passed is None],
            }
        )
    else:
        rows = [(one.check.what, text("scaffold.passed" if one.passed else "scaffold.failed"), one.detail[:_SHORT]) for one in judged]
        print_table(("check", "result", "detail"), rows)
        told = {"passed": passed, "failed": failed, "none": report.count(None), "score": report.score}
        say(text("scaffold.score", name=name, grade=text(f"scaffold.grade.{grade}"), **told))
    raise typer.Exit(1 if failed else 0)


def _telling(progress: Progress) -> Callable[[int, int, str], None]:
    bar = progress.add_task("")

    def told(done: int, count: int, what: str) -> None:
        progress.update(bar, completed=done, total=count, description=text("scaffold.checking", name=what)[:_SHORT])

    return told
