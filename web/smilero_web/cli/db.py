"""`smilero db`: migrations, and the proof of isolation."""

import asyncio

import asyncpg
import typer

from smilero_core.db.driver import Connection
from smilero_core.db.isolation import Finding, Report, inspect
from smilero_core.db.lineages import Lineage, uninstalled
from smilero_core.db.settings import DatabaseSettings
from smilero_sdk.errors import Problem
from smilero_web.cli.console import JsonOption, print_json, say, text
from smilero_web.cli.migrate import find_plugins, upgrade_database
from smilero_web.cli.office import database_settings, reaching

app = typer.Typer(name="db", no_args_is_help=True, help="Migrations, and the proof of isolation.")


@app.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version: logins, core, then each plugin. Safe to run again, and on two machines at once."""
    host = find_plugins()
    upgrade_database(database_settings(), host)
    say(text("cli.upgraded"))


@app.command("check")
def check(*, json: JsonOption = False) -> None:
    """Check revisions and isolation as designed. Exit code 1 when something is not; nothing is changed."""
    lineages = find_plugins().lineages()
    with reaching():
        report = asyncio.run(_check(database_settings(), lineages))
    if json:
        print_json({"subjects": report.subjects, "problems": report.findings})
    else:
        say(text("cli.checked", subjects=sum(report.subjects.values()), rules=len(report.subjects)))
        for one in report.findings:
            say(f"{one.rule}: {one.subject} {one.detail}")
    if report.findings:
        raise Problem("database.checks_failed", 500, count=len(report.findings))


async def _check(settings: DatabaseSettings, lineages: list[Lineage]) -> Report:
    gone = await uninstalled(settings.app())
    lineages = [lineage for lineage in lineages if lineage.schema not in gone]
    connection = await asyncpg.connect(settings.app())
    try:
        revisions = {lineage.schema: await _revision(connection, lineage) for lineage in lineages}
        isolation = await inspect(connection)
    finally:
        await connection.close()
    behind = [
        Finding("revisions", lineage.schema, f"is at {revisions[lineage.schema]}, this version needs {lineage.head()}")
        for lineage in lineages
        if revisions[lineage.schema] != lineage.head()
    ]
    return Report({"revisions": len(lineages), **isolation.subjects}, behind + isolation.findings)


async def _revision(connection: Connection, lineage: Lineage) -> str | None:
    table = f"{lineage.schema}.alembic_version"
    if not await connection.fetchval("select to_regclass($1) is not null", table):
        return None
    found: str | None = await connection.fetchval(f"select version_num from {table}")  # noqa: S608 - a checked name
    return found
