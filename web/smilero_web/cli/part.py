"""One process of `smilero up`: `python -m smilero_web.cli.part web|worker`, its settings as JSON on its input.

It ends with the command that started it, even one that was killed: that closes the input.
"""

import json
import logging
import os
import sys
import threading
from typing import Any

import typer
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from smilero_core.db.settings import DatabaseSettings
from smilero_sdk.errors import Problem
from smilero_web.cli.console import LOG, tell_refusal
from smilero_web.cli.ending import until_ended
from smilero_web.cli.migrate import assembled
from smilero_web.cli.serving import serve
from smilero_web.cli.worker import run_worker
from smilero_web.settings import WebSettings


def told_to(web: WebSettings, database: DatabaseSettings) -> str:
    """The line that a part is given. It has secrets: neither arguments nor the environment may carry it."""
    return json.dumps({"web": _plain(web), "database": _plain(database)}) + "\n"


def main() -> None:
    """Be a part until ended. The web server says its port on standard output when it answers."""
    logging.basicConfig(level=logging.WARNING, format=LOG)
    told = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    settings, database = WebSettings(**told["web"]), DatabaseSettings(**told["database"])
    try:
        if sys.argv[1] == "web":
            serve(assembled(settings), database, _say_port)
        else:
            with until_ended(quietly=True):
                run_worker(assembled(settings), database)
    except Problem as problem:
        tell_refusal(problem)
        sys.exit(1)
    except typer.Exit as end:
        sys.exit(end.exit_code)


def _say_port(port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def _plain(settings: BaseSettings) -> dict[str, Any]:
    values = settings.model_dump(mode="json")
    return values | {name: value.get_secret_value() for name, value in settings if isinstance(value, SecretStr)}


if __name__ == "__main__":
    main()
