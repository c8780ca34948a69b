"""`smilero db`: migrations, and the proof of isolation."""

import asyncio
from typing import Any

import asyncpg
import typer

from smilero_core.db.isolation import Report, inspect
from smilero_core.db.lineages import Lineage
from smilero_core.db.settings import DatabaseSettings
from smilero_core.plugins.host import PluginHost
from smilero_sdk.errors import Problem
from smilero_web.cli.console import JsonOption, database_settings, err, guarded, print_json, say
from smilero_web.cli.migrate import upgrade_database

app = typer.Typer(no_args_is_help=True, help="Migrations, and the proof of isolation.")


@app.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version: logins, core, then each plugin. Safe to run again, and on two machines at once."""
    host = guarded(PluginHost.discover)
    settings = guarded(database_settings)
    guarded(lambda: asyncio.run(upgrade_database(settings, host, lambda schema: say("cli.upgrading", schema=schema))))
    say("cli.upgraded")


@app.command("check")
def check(*, json: JsonOption = False) -> None:
    """Check revisions and isolation as designed. Exit code 1 when something is not; nothing is changed."""
    host = guarded(PluginHost.discover)
    settings = guarded(database_settings)
    report, behind = guarded(lambda: asyncio.run(_check(settings, host.lineages())))
    problems = [{"rule": "revision", "subject": schema, "detail": "is not at this version's revision"} for schema in behind]
    problems += [{"rule": one.rule, "subject": one.subject, "detail": one.detail} for one in report.findings]
    if json:
        print_json({"subjects": report.subjects, "problems": problems})
    else:
        _tell(report, problems)
    if problems:
        raise typer.Exit(1)


async def _check(settings: DatabaseSettings, lineages: list[Lineage]) -> tuple[Report, list[str]]:
    connection = await asyncpg.connect(settings.app())
    try:
        behind = [lineage.schema for lineage in lineages if await _revision(connection, lineage) != lineage.head()]
        return await inspect(connection), behind
    finally:
        await connection.close()


async def _revision(connection: Any, lineage: Lineage) -> str | None:  # noqa: ANN401 - asyncpg's stubs and classes differ
    table = f"{lineage.schema}.alembic_version"
    if not await connection.fetchval("select to_regclass($1) is not null", table):
        return None
    found: str | None = await connection.fetchval(f"select version_num from {table}")  # noqa: S608 - a checked name
    return found


def _tell(report: Report, problems: list[dict[str, str]]) -> None:
    say("cli.checked", subjects=sum(report.subjects.values()), rules=len(report.subjects))
    for problem in problems:
        err.print(f"{problem['rule']}: {problem['subject']} {problem['detail']}", highlight=False, markup=False)
    if problems:
        raise typer.Exit(_failed(len(problems)))


def _failed(count: int) -> int:
    say(Problem("database.checks_failed").code, count=count)
    return 1
