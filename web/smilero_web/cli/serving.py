"""Serving the application in this process."""

import asyncio
import resource
import socket
from collections.abc import Callable
from contextlib import suppress

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

# What is still being answered is cut after this.
_GRACE_SECONDS = 5
_FILES = 65_536


def serve(parts: Parts, database: DatabaseSettings, ready: Callable[[int], None] = lambda _: None) -> None:
    """Serve until a signal ends it. Raises the Problems of `reaching`, `cli.setting`, and typer.Exit when it does not start.

    Args:
        ready: called with the port, when it answers.
    """
    require_reachable(database)
    require_free_port(parts.settings)
    _allow_files()
    application = Application(parts, database)
    config = uvicorn.Config(
        application.build(),
        host=parts.settings.host,
        port=parts.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        # Uvicorn would believe whoever is on this machine.
        proxy_headers=bool(parts.settings.proxies),
        forwarded_allow_ips=parts.settings.trusted_proxies,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config, application, ready)
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


def _allow_files() -> None:
    """Each live page is an open file, and 1,024, which is usual, would be all of them."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(most, _FILES)
    if resource.RLIM_INFINITY != usual < wanted:
        with suppress(ValueError, OSError):  # macOS grants less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class _Server(uvicorn.Server):
    """Says when it answers, and on which port; at its end it sends live pages home, which would keep it."""

    def __init__(self, config: uvicorn.Config, application: Application, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._application = application
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready(self.servers[0].sockets[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._application.runtime().rooms.close()
        await super().shutdown(sockets)
