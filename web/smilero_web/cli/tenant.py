"""`smilero tenant`: foundations and their markets."""

from pathlib import Path
from typing import Annotated

import typer

from smilero_core.platform.tenants import NewTenant, TenantOffice
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue
from smilero_tenants.provisioning.imports import ImportReport, import_markets
from smilero_web.cli.console import JsonOption, err, guarded, language, print_json, print_table, say, with_runtime
from smilero_web.runtime import PACKAGES, Runtime

app = typer.Typer(no_args_is_help=True, help="Foundations and their markets.")

_MOST_BYTES = 64 * 1024 * 1024


@app.command("create")
def create(  # noqa: PLR0913 - one parameter is one option of the command
    slug: Annotated[str, typer.Argument(help="Its word in host names, as changwon.")],
    *,
    name: Annotated[str, typer.Option(help="What it is called.")],
    seal: Annotated[str, typer.Option(help="One syllable for its seal; the first of the name unless given.")] = "",
    colour: Annotated[str, typer.Option(help="#rrggbb for its seal.")] = "#1d4f8c",
    phone: Annotated[str, typer.Option(help="Whom customers call.")] = "",
    host: Annotated[list[str] | None, typer.Option(help="A further host name of its own; may be repeated.")] = None,
    json: JsonOption = False,
) -> None:
    """Make a foundation. Its host answers within seconds; nothing is restarted."""
    new = NewTenant(slug, name, seal or name[:1], colour, phone=phone, hosts=tuple(host or ()))
    tenant_id = with_runtime(lambda runtime: TenantOffice(runtime.database).create(new))
    if json:
        print_json({"id": tenant_id, "slug": slug})
    else:
        say("cli.tenant_created", name=name, slug=slug)


@app.command("import")
def import_file(
    slug: Annotated[str, typer.Argument(help="The foundation.")],
    file: Annotated[Path, typer.Argument(help="The national standard file of markets, CP949 or UTF-8.")],
    *,
    area: Annotated[list[str] | None, typer.Option(help="Only markets whose address has this, as 창원시; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen, and change nothing.")] = False,
    json: JsonOption = False,
) -> None:
    """Import markets: all or nothing, and again without doubles."""
    data = guarded(lambda: _read(file))

    async def work(runtime: Runtime) -> ImportReport:
        return await import_markets(runtime.database, await find_tenant(runtime, slug), data, tuple(area or ()), dry_run=dry_run)

    report = with_runtime(work)
    catalogue = Catalogue.of(PACKAGES)
    notices = [notice.text(catalogue, language()) for notice in report.notices]
    counts = {
        "markets": report.markets,
        "shops": report.shops,
        "added": len(report.plan.added),
        "changed": len(report.plan.changed),
        "unchanged": len(report.plan.unchanged),
        "missing": len(report.plan.missing),
    }
    if json:
        print_json({**counts, "dry_run": dry_run, "notices": notices})
        return
    for notice in notices:
        err.print(notice, style="yellow", highlight=False, markup=False)
    say("cli.would_import" if dry_run else "cli.imported", **counts)


@app.command("list")
def list_tenants(*, json: JsonOption = False) -> None:
    """Every foundation with its markets, the shops that they state, and the plugins that are on."""
    summaries = with_runtime(lambda runtime: TenantOffice(runtime.database).list())
    if json:
        print_json(summaries)
    else:
        rows = [(one.slug, one.name, one.markets, f"{one.shops:,}", ", ".join(one.plugins)) for one in summaries]
        print_table(("slug", "name", "markets", "shops", "plugins"), rows)


async def find_tenant(runtime: Runtime, slug: str) -> Tenant:
    """The foundation of a slug. Raises `tenancy.unknown`."""
    tenant = await runtime.directory.by_slug(slug)
    if tenant is None:
        raise Problem("tenancy.unknown", 404, slug=slug)
    return tenant


def _read(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if size > _MOST_BYTES:
            raise Problem("registry.file_too_large", 413, limit=_MOST_BYTES // (1024 * 1024))
        return file.read_bytes()
    except OSError as error:
        raise Problem("cli.unreadable", file=str(file), reason=error.strerror or str(error)) from error
