"""`smilero plugin`: what is installed, and where it is on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from smilero_core.db.orm import forget_models, init_models
from smilero_core.db.session import Session
from smilero_core.models import CORE_MODELS
from smilero_core.plugins.context import Context
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.switching import Switchboard
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue
from smilero_web.cli.console import PACKAGES, JsonOption, language, print_json, print_table, say, text
from smilero_web.cli.migrate import find_plugins
from smilero_web.cli.office import Office, with_office
from smilero_web.cli.plugin_author import check, new
from smilero_web.services import Installed, host_services

app = typer.Typer(name="plugin", no_args_is_help=True, help="What is installed, and where it is on.")

app.command("new")(new)
app.command("check")(check)

NameArgument = Annotated[str, typer.Argument(help="The plugin, as coupons.")]
TenantOption = Annotated[str, typer.Option("--tenant", help="The foundation.")]


@app.command("list")
def list_plugins(*, json: JsonOption = False) -> None:
    """Every installed plugin with the foundations that have it on."""
    plugins = find_plugins().plugins.values()
    tenants = with_office(lambda office: office.tenants.list())
    on = {plugin.name: [one.slug for one in tenants if plugin.name in one.plugins] for plugin in plugins}
    if json:
        print_json([{"name": plugin.name, "version": plugin.version, "enabled": on[plugin.name]} for plugin in plugins])
    else:
        print_table(("name", "version", "enabled"), [(plugin.name, plugin.version, ", ".join(on[plugin.name])) for plugin in plugins])


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
async def core_context(office: Office, host: PluginHost, tenant: Tenant) -> AsyncIterator[Context]:
    """A transaction of the core at a foundation, by nobody who signed in, with the plugins' models and sentences loaded."""
    installed = Installed(host, Catalogue.of([*PACKAGES, *host.packages]))
    gate = PluginGate(office.database, host.listed)
    await init_models({"core": CORE_MODELS, **host.models})
    try:
        async with office.database.unit(tenant.id) as unit:
            services = host_services(installed, gate, office.vault)
            yield Context(tenant, language(), unit, services, await gate.read(Session(unit)))
    finally:
        await forget_models()
