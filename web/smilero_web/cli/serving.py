"""Serving the application in this process."""

import asyncio
import socket
from collections.abc import Callable

import typer
import uvicorn

from smilero_core.db.database import Database
from smilero_core.db.settings import DatabaseSettings
from smilero_core.embedded import require_port
from smilero_sdk.errors import Problem
from smilero_web.app import Application
from smilero_web.cli.office import reaching
from smilero_web.runtime import Parts
from smilero_web.settings import WebSettings

# Open streams keep a server from stopping; they are cut after this.
_GRACE_SECONDS = 5


def serve(parts: Parts, database: DatabaseSettings, ready: Callable[[int], None] = lambda _: None) -> None:
    """Serve until a signal ends it. Raises the Problems of `reaching`, `cli.setting`, and typer.Exit when it does not start.

    Args:
        ready: called with the port, when it answers.
    """
    require_reachable(database)
    require_free_port(parts.settings)
    config = uvicorn.Config(
        Application(parts, database).build(),
        host=parts.settings.host,
        port=parts.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config, ready)
    server.run()
    if not server.started:  # its log tells why
        raise typer.Exit(1)


def require_free_port(settings: WebSettings) -> None:
    """Raises `embedded.port_in_use`, `cli.setting` for a host that is not this machine's."""
    try:
        require_port(settings.port, settings.host)
    except OSError as error:
        raise Problem("cli.setting", name="SMILERO_HOST", reason=error.strerror or str(error)) from error


def require_reachable(database: DatabaseSettings) -> None:
    """Raises the Problems of `reaching`."""

    async def reach() -> None:
        async with Database(database):
            pass

    with reaching():
        asyncio.run(reach())


class _Server(uvicorn.Server):
    """Says when it answers, and on which port."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready(self.servers[0].sockets[0].getsockname()[1])
