"""The commands of `smilero`."""

import typer

from smilero_web.cli import db, plugin, serve, tenant, token

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Smilero for market foundations.")
app.command("up")(serve.up)
app.command("web")(serve.web)
app.add_typer(db.app, name="db")
app.add_typer(tenant.app, name="tenant")
app.add_typer(plugin.app, name="plugin")
app.add_typer(token.app, name="token")


def main() -> None:
    """The entry point."""
    app()
