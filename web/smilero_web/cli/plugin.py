"""`smilero plugin`: what is installed, and where it is on."""

from typing import Annotated

import typer

from smilero_core.db.session import Session
from smilero_core.platform.tenants import TenantOffice
from smilero_core.plugins.gate import switch
from smilero_sdk.errors import Problem
from smilero_web.cli.console import JsonOption, print_json, print_table, say, with_runtime
from smilero_web.cli.tenant import find_tenant
from smilero_web.runtime import Runtime

app = typer.Typer(no_args_is_help=True, help="What is installed, and where it is on.")

NameArgument = Annotated[str, typer.Argument(help="The plugin, as coupons.")]
TenantOption = Annotated[str, typer.Option("--tenant", help="The foundation.")]


@app.command("list")
def list_plugins(*, json: JsonOption = False) -> None:
    """Every installed plugin with the foundations that have it on."""

    async def work(runtime: Runtime) -> list[dict[str, object]]:
        tenants = await TenantOffice(runtime.database).list()
        return [
            {"name": plugin.name, "version": plugin.version, "enabled": [one.slug for one in tenants if plugin.name in one.plugins]}
            for plugin in runtime.host.plugins.values()
        ]

    rows = with_runtime(work)
    if json:
        print_json(rows)
    else:
        print_table(("name", "version", "enabled"), [list(row.values()) for row in rows])


@app.command("enable")
def enable(name: NameArgument, *, tenant: TenantOption) -> None:
    """Switch a plugin on for a foundation."""
    _switch(name, tenant, enabled=True)


@app.command("disable")
def disable(name: NameArgument, *, tenant: TenantOption) -> None:
    """Switch a plugin off for a foundation, everywhere within five seconds. Its data stays."""
    _switch(name, tenant, enabled=False)


def _switch(name: str, slug: str, *, enabled: bool) -> None:
    async def work(runtime: Runtime) -> None:
        if name not in runtime.host.plugins:
            raise Problem("plugins.unknown", 404, name=name)
        tenant = await find_tenant(runtime, slug)
        async with runtime.database.unit(tenant.id) as unit:
            await switch(Session(unit), name, enabled=enabled)

    with_runtime(work)
    say("cli.enabled" if enabled else "cli.disabled", name=name, slug=slug)
