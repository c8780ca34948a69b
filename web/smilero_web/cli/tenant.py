"""`smilero tenant`: foundations and their markets."""

from pathlib import Path
from typing import Annotated

import typer

from smilero_core.platform.tenants import NewTenant
from smilero_core.registry.csv_file import MAX_MEGABYTES
from smilero_core.registry.preview import MarketChange
from smilero_sdk.errors import Problem
from smilero_tenants.provisioning.imports import ImportReport, import_markets
from smilero_web.cli.console import JsonOption, catalogue, language, print_json, print_table, say, text
from smilero_web.cli.migrate import find_plugins
from smilero_web.cli.office import Office, with_office

app = typer.Typer(name="tenant", no_args_is_help=True, help="Foundations and their markets.")


@app.command("create")
def create(  # noqa: PLR0913 - one parameter is one option of the command
    slug: Annotated[str, typer.Argument(help="Its word in host names, as changwon.")],
    *,
    name: Annotated[str, typer.Option(help="What it is called.")],
    seal: Annotated[str, typer.Option(help="One syllable for its seal; the first of the name unless given.")] = "",
    colour: Annotated[str, typer.Option(help="#rrggbb for its seal, dark enough for white text.")] = NewTenant.colour,
    phone: Annotated[str, typer.Option(help="Whom customers call.")] = "",
    host: Annotated[list[str] | None, typer.Option(help="A further host name of its own; may be repeated.")] = None,
    json: JsonOption = False,
) -> None:
    """Make a foundation. Its host answers within seconds; nothing is restarted."""
    plugins = tuple(plugin.name for plugin in find_plugins().plugins.values() if plugin.starts_on)
    new = NewTenant(slug, name, seal, colour, phone=phone, hosts=tuple(host or ()), plugins=plugins)
    tenant_id = with_office(lambda office: office.tenants.create(new))
    if json:
        print_json({"id": tenant_id, "slug": slug})
    else:
        say(text("cli.tenant_created", name=name, slug=slug))


@app.command("import")
def import_file(
    slug: Annotated[str, typer.Argument(help="The foundation.")],
    file: Annotated[Path, typer.Argument(help="The national standard file of markets, CP949 or UTF-8.")],
    *,
    area: Annotated[list[str] | None, typer.Option(help="Only markets whose address has this; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
    json: JsonOption = False,
) -> None:
    """Import markets: all or nothing, and again without doubles."""
    data = _read(file)

    async def work(office: Office) -> ImportReport:
        return await import_markets(office.database, await office.tenant(slug), data, tuple(area or ()), dry_run=dry_run)

    report = with_office(work)
    plan = report.plan
    notices = [notice.text(catalogue(), language()) for notice in report.notices]
    counts = {name: len(getattr(plan, name)) for name in ("added", "changed", "unchanged", "missing")}
    counts = {"markets": report.markets, "shops": report.shops, **counts}
    changes = [sentence for change in plan.changed for sentence in _changes(change)]
    if json:
        print_json({**counts, "dry_run": dry_run, "notices": notices, "changes": changes})
        return
    for notice in notices:
        say(notice, "yellow")
    for change in changes:
        say(change)
    say(text("cli.would_import" if dry_run else "cli.imported", **counts))


@app.command("list")
def list_tenants(*, json: JsonOption = False) -> None:
    """Every foundation with its markets, the shops that they state, and the plugins that are on."""
    summaries = with_office(lambda office: office.tenants.list())
    if json:
        print_json(summaries)
    else:
        rows = [(one.slug, one.name, one.markets, f"{one.shops:,}", ", ".join(one.plugins)) for one in summaries]
        print_table(("slug", "name", "markets", "shops", "plugins"), rows)


def _changes(change: MarketChange) -> list[str]:
    return [
        text("cli.change", name=change.row.name, field=text(f"registry.field.{field}"), before=_shown(before), after=_shown(after))
        for field, before, after in change.changes
    ]


def _shown(value: object) -> str:
    return "+".join(value) if isinstance(value, tuple) else "-" if value in (None, "") else str(value)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(MAX_MEGABYTES * 2**20 + 1)  # one more than is allowed shows that there is too much
    except OSError as error:
        raise Problem("cli.unreadable", file=str(file), reason=error.strerror or str(error)) from error
