"""`smilero plugin`: what is installed, and where it is on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from smilero_core.db.orm import forget_models, init_models
from smilero_core.db.session import Session
from smilero_core.events.replay import replay
from smilero_core.files.store import FileStore
from smilero_core.models import CORE_MODELS
from smilero_core.plugins import installing, lifecycle
from smilero_core.plugins.context import Context
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.switching import Switchboard
from smilero_core.plugins.work import listeners
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue
from smilero_web.cli.console import PACKAGES, JsonOption, language, print_json, print_table, progress, say, text
from smilero_web.cli.migrate import find_plugins
from smilero_web.cli.office import Office, database_settings, reaching, web_settings, with_office
from smilero_web.cli.plugin_author import check, new
from smilero_web.services import Installed, host_services

app = typer.Typer(name="plugin", no_args_is_help=True, help="What is installed, and where it is on.")

app.command("new")(new)
app.command("check")(check)

NameArgument = Annotated[str, typer.Argument(help="The plugin, as coupons.")]
TenantOption = Annotated[str, typer.Option("--tenant", help="The foundation.")]


@app.command("list")
def list_plugins(*, json: JsonOption = False) -> None:
    """Every installed plugin: whose it is, whether foundations may switch it on, and which have."""
    host = find_plugins()
    plugins = host.plugins.values()
    tenants = with_office(lambda office: office.tenants.list())
    on = {plugin.name: [one.slug for one in tenants if plugin.name in one.plugins] for plugin in plugins}
    if json:
        print_json(
            [
                {
                    "name": plugin.name,
                    "version": plugin.version,
                    "enabled": on[plugin.name],
                    "owner": plugin.owner,
                    "listed": plugin.name in host.listed,
                }
                for plugin in plugins
            ]
        )
    else:
        rows = [
            (
                plugin.name,
                plugin.version,
                plugin.owner,
                text("cli.yes" if plugin.name in host.listed else "cli.no"),
                ", ".join(on[plugin.name]),
            )
            for plugin in plugins
        ]
        print_table(("name", "version", "owner", "listed", "enabled"), rows)


@app.command("enable")
def enable(name: NameArgument, *, tenant: TenantOption) -> None:
    """Switch a plugin on for a foundation."""
    _switch(name, tenant, enabled=True)
    say(text("cli.enabled", name=name, slug=tenant))


@app.command("disable")
def disable(name: NameArgument, *, tenant: TenantOption) -> None:
    """Switch a plugin off for a foundation, everywhere within five seconds. Its data stays."""
    _switch(name, tenant, enabled=False)
    say(text("cli.disabled", name=name, slug=tenant))


@app.command("dev")
def dev(
    folder: Annotated[Path, typer.Argument(help="The plugin's project.", exists=True, file_okay=False, resolve_path=True)],
    *,
    tenant: Annotated[str, typer.Option("--tenant", help="The foundation that has it on.")] = "bucheon",
) -> None:
    """Run the three demo markets with a plugin from a folder on for one of them; saving a file starts it again."""
    from smilero_web.cli.plugin_dev import develop  # noqa: PLC0415 - only this command needs to watch files

    develop(folder, tenant)


@app.command("uninstall")
def uninstall(
    name: NameArgument,
    *,
    export: Annotated[Path, typer.Option(help="The new ZIP file for all its data.")],
    force: Annotated[bool, typer.Option("--force", help="Switch it off first wherever it is on.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Export all data of a plugin, then remove its tables, its role and everything that the host knows of it."""
    host = find_plugins()
    lifecycle.require_removable(host, name, export)
    if not yes:
        typer.confirm(text("cli.uninstall_sure", name=name, file=str(export)), abort=True, err=True)
    settings = database_settings()
    if force:
        _switch_off_everywhere(host, name)
    with reaching(), progress() as told:
        sentence = text("cli.exporting", name=name)
        done = asyncio.run(lifecycle.uninstall(settings.owner(), host, name, export, lambda _, *how_far: told(sentence, *how_far)))
    if done.role_stays:
        say(text("cli.role_stays", name=name), "yellow")
    say(text("cli.uninstalled", name=name, rows=done.manifest.rows, file=str(export)))


@app.command("install")
def install(
    name: NameArgument,
    *,
    source: Annotated[Path | None, typer.Option("--from", help="What `plugin uninstall` exported.")] = None,
) -> None:
    """Install a plugin that was uninstalled, empty or with the data of an export. It is off everywhere then."""
    host = find_plugins()
    settings = database_settings()
    with reaching(), progress() as told:
        sentence = text("cli.importing", name=name)
        rows = asyncio.run(installing.install(settings.owner(), host, name, source, lambda _, *how_far: told(sentence, *how_far)))
    say(text("cli.installed", name=name, rows=rows))


def _switch_off_everywhere(host: PluginHost, name: str) -> None:
    async def work(office: Office) -> None:
        for summary in await office.tenants.list():
            if name in summary.plugins:
                async with core_context(office, host, await office.tenant(summary.slug)) as context:
                    await Switchboard(context).disable(name)

    with_office(work)


@app.command("replay")
def replay_events(
    name: NameArgument,
    *,
    tenant: TenantOption,
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, where the foundation is.")],
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Tell even what it has handled: its tables were emptied.")] = False,
) -> None:
    """Tell a plugin again what happened at a foundation, as far as it listens. What it has handled it does not get twice."""
    host = find_plugins()
    told = [one for one in listeners(host) if one.plugin == name]
    if name not in host.plugins:
        raise Problem("plugins.unknown", 404, name=name)

    async def work(office: Office) -> int:
        async with core_context(office, host, await office.tenant(tenant)) as context:
            count = await replay(context.host, told, since.replace(tzinfo=ZoneInfo(context.tenant.timezone)), rebuild=rebuild)
            await context.audit.record("console.audit.replayed", plugin=name, since=since.date(), count=count)
            return count

    say(text("cli.replayed", name=name, slug=tenant, count=with_office(work)))


def _switch(name: str, slug: str, *, enabled: bool) -> None:
    host = find_plugins()
    if name not in host.plugins:
        raise Problem("plugins.unknown", 404, name=name)

    async def work(office: Office) -> None:
        async with core_context(office, host, await office.tenant(slug)) as context:
            board = Switchboard(context)
            await (board.enable if enabled else board.disable)(name)

    with_office(work)


@asynccontextmanager
async def core_context(office: Office, host: PluginHost, tenant: Tenant, *, read_only: bool = False) -> AsyncIterator[Context]:
    """A transaction of the core at a foundation, by nobody who signed in, with the plugins' models and sentences loaded."""
    web = web_settings()
    files = FileStore.at(web.files_url, web.data_dir / "files")
    installed = Installed(host, Catalogue.of([*PACKAGES, *host.packages]), files)
    gate = PluginGate(office.database, host.listed)
    await init_models({"core": CORE_MODELS, **host.models})
    try:
        async with office.database.unit(tenant.id, read_only=read_only) as unit:
            services = host_services(installed, gate, office.vault)
            yield Context(tenant, language(), unit, services, await gate.read(Session(unit)))
    finally:
        await forget_models()
