"""What every command has: help, an answer to a wrong call, and its sentences in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import smilero_web.cli
from smilero_sdk.i18n import Catalogue
from smilero_web.cli.main import app
from tests.conftest import LookedAt
from tests.support.commands import smilero

FIXED = {
    *("up", "web", "worker", "db upgrade", "db check", "tenant create", "tenant import", "tenant list"),
    *("plugin list", "plugin enable", "plugin disable", "plugin replay", "token create"),
}


def tree(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 - Typer's types are private
    yield path, command
    if hasattr(command, "list_commands"):
        for name in command.list_commands(None):
            yield from tree(command.get_command(None, name), (*path, name))


COMMANDS = dict(tree(get_command(app)))


def test_the_commands_that_users_rely_on_are_there(looked_at: LookedAt) -> None:
    commands = {" ".join(path) for path, command in COMMANDS.items() if not hasattr(command, "list_commands")}
    looked_at("commands", commands)
    assert commands >= FIXED


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0
    assert "Usage:" in shown.stdout
    command = COMMANDS[path]
    assert command.help
    assert [parameter.name for parameter in command.params if not parameter.help] == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_an_unknown_option_is_a_wrong_call(path: tuple[str, ...]) -> None:
    wrong = CliRunner().invoke(app, [*path, "--nothing"])
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "--nothing" in wrong.stderr


def test_the_same_from_a_shell() -> None:
    shown = smilero("--help")
    assert (shown.code, shown.err) == (0, "")
    wrong = smilero("tenants")
    assert (wrong.code, wrong.out) == (2, "")
    assert "tenants" in wrong.err


def test_every_word_of_a_command_is_in_both_languages(looked_at: LookedAt) -> None:
    folder = Path(smilero_web.cli.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    said = set(re.findall(r'"(cli\.[a-z_.]+[a-z_])"', code))
    completed = tuple(re.findall(r'f"(cli\.[a-z_.]+\.)\{', code))
    looked_at("sentences", said)
    catalogue = Catalogue.of([smilero_web.cli.__name__])
    for language in ("ko", "en"):
        assert said - catalogue.keys(language) == set()
        assert {key for key in catalogue.keys(language) if not key.startswith(("cli.column.", *completed))} - said == set()
