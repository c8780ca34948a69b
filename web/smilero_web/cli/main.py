"""The commands of `smilero`."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from smilero_sdk.errors import Problem
from smilero_web.cli.console import tell_refusal

# Each command with its module, in the order of `--help`.
_MODULES = {
    "up": "serve",
    "web": "serve",
    "worker": "worker",
    "db": "db",
    "tenant": "tenant",
    "plugin": "plugin",
    "person": "person",
    "keys": "keys",
    "token": "token",
    "audit": "audit",
}


class Commands(TyperGroup):
    """Imports a module when its command is asked for: a command needs some part of the product, and none needs all of it."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own type is private
        """The names."""
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """The command or group of a name, None when there is none."""
        if cmd_name not in _MODULES:
            return None
        found = get_command(import_module(f"smilero_web.cli.{_MODULES[cmd_name]}").app)
        return found.get_command(ctx, cmd_name) if isinstance(found, TyperGroup) and found.name != cmd_name else found


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def smilero() -> None:
    """Smilero for market foundations. Exit codes: 0 done, 1 refused, with a sentence and its code, 2 called wrongly."""


def main() -> None:
    """The entry point."""
    try:
        app()
    except Problem as problem:
        tell_refusal(problem)
        sys.exit(1)
