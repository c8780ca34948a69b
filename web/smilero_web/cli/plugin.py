"""`smilero plugin`: what is installed, and where it is on."""

from typing import Annotated

import typer

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_sdk.errors import Problem
from smilero_web.cli.console import JsonOption, print_json, print_table, say, text
from smilero_web.cli.migrate import find_plugins
from smilero_web.cli.office import Office, with_office

app = typer.Typer(name="plugin", no_args_is_help=True, help="What is installed, and where it is on.")

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
    if name not in find_plugins().plugins:
        raise Problem("plugins.unknown", 404, name=name)

    async def work(office: Office) -> None:
        tenant = await office.tenant(slug)
        async with office.database.unit(tenant.id) as unit:
            await switch(Session(unit), name, enabled=enabled)

    with_office(work)
