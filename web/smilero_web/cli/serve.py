"""`smilero up` and `smilero web`."""

import asyncio
import logging
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

import typer
import uvicorn
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from smilero_core.db.database import Database
from smilero_core.db.settings import DatabaseSettings
from smilero_core.embedded import Embedded, EmbeddedServices, claimed, require_port
from smilero_core.identity.vault import Vault
from smilero_core.plugins.host import PluginLoadError
from smilero_sdk.errors import Problem
from smilero_tenants.markets.definition import load_definitions
from smilero_tenants.provisioning.demo import DEMO_PHONES, Told, provision_demo
from smilero_web.app import Application
from smilero_web.cli.console import say, text
from smilero_web.cli.migrate import upgrade_database
from smilero_web.cli.office import from_environment, mark_demo, names_server, reaching, web_settings
from smilero_web.runtime import Parts, assemble
from smilero_web.settings import WebSettings

app = typer.Typer()

# What is still being answered is cut after this.
_GRACE_SECONDS = 5
_FILES = 65_536
_LOG = "%(asctime)s %(levelname)s %(name)s %(message)s"


@app.command("up")
def up() -> None:
    """Start everything in the foreground: PostgreSQL, Redis, the migrations, the web server. Ctrl-C ends it.

    With SMILERO_ENV=demo three foundations with their markets are there. SMILERO_DATABASE_URL and SMILERO_REDIS_URL
    name servers to use instead of the embedded ones.
    """
    logging.basicConfig(level=logging.WARNING, format=_LOG)
    with _until_ended():
        settings, database = web_settings(), from_environment(DatabaseSettings)
        if settings.demo and names_server(database):
            raise Problem("cli.demo_needs_embedded")
        with claimed(settings.data_dir.resolve()):  # before the port, which whoever runs here has most likely taken
            _require_port(settings)
        parts = _assemble(settings)
        say(text("cli.starting", folder=str(settings.data_dir.resolve())))
        server = database.database_url or database.database_app_url or None
        with Embedded(settings.data_dir, database_url=server, redis_url=settings.redis_url or None) as services:
            try:
                _run(parts, database, services)
            finally:
                _ignore_signals()  # the servers end in order, whatever is pressed meanwhile


@app.command("web")
def web() -> None:
    """Serve the application with the database of the environment; for production, behind a proxy."""
    logging.basicConfig(level=logging.INFO, format=_LOG)
    with _until_ended():
        settings, database = web_settings(), from_environment(DatabaseSettings)
        if settings.demo:
            raise Problem("cli.demo_needs_embedded")
        if not names_server(database):
            raise Problem("database.no_url")
        if not database.secret_key.get_secret_value():
            raise Problem("database.no_secret")
        _serve(_assemble(settings), database)


def _run(parts: Parts, database: DatabaseSettings, services: EmbeddedServices) -> None:
    secret = SecretStr(parts.settings.secret_key.get_secret_value() or services.secret)
    if names_server(database):
        database = database.model_copy(update={"secret_key": secret})
    else:
        database = database.with_server(services.database_socket, secret.get_secret_value())
    parts = replace(parts, settings=parts.settings.model_copy(update={"redis_url": services.redis_url, "secret_key": secret}))
    mark_demo(parts.settings.data_dir, demo=parts.settings.demo)
    upgrade_database(database, parts.host)
    if parts.settings.demo:
        with reaching(), _progress() as told:
            asyncio.run(_provision(parts, database, told))
    _serve(parts, database, lambda port: _greet(parts.settings, port, services.database_url))


async def _provision(parts: Parts, database: DatabaseSettings, told: Told) -> None:
    async with Database(database) as opened:
        await provision_demo(opened, Vault(database.secret_key.get_secret_value()), sorted(parts.host.plugins), told)


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


def _serve(parts: Parts, database: DatabaseSettings, ready: Callable[[int], None] = lambda _: None) -> None:
    with reaching():
        asyncio.run(_reach(database))
    _allow_files()
    _require_port(parts.settings)
    application = Application(parts, database)
    config = uvicorn.Config(
        application.build(),
        host=parts.settings.host,
        port=parts.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config, application, ready)
    server.run()
    if not server.started:  # its log tells why
        raise typer.Exit(1)


def _allow_files() -> None:
    """Each live page is an open file, and 1,024, which is usual, would be all of them."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(most, _FILES)
    if resource.RLIM_INFINITY != usual < wanted:
        with suppress(ValueError, OSError):  # macOS grants less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def _reach(database: DatabaseSettings) -> None:
    async with Database(database):
        pass


def _assemble(settings: WebSettings) -> Parts:
    try:
        return assemble(settings)
    except PluginLoadError as error:
        raise Problem("plugins.broken", 500, reason=str(error)) from error
    except (ValueError, FileNotFoundError) as error:  # two catalogues with one key, a front end that was not built
        raise Problem("cli.incomplete", 500, reason=str(error)) from error


def _require_port(settings: WebSettings) -> None:
    try:
        require_port(settings.port, settings.host)
    except OSError as error:
        raise Problem("cli.setting", name="SMILERO_HOST", reason=error.strerror or str(error)) from error


@contextmanager
def _until_ended() -> Iterator[None]:
    """Ctrl-C, SIGTERM and the end of the terminal end what runs inside alike, with exit code 0."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    except KeyboardInterrupt:
        say(text("cli.stopped"))


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _progress() -> Iterator[Told]:
    """Tell how far the foundations are: a bar each on a terminal, else a sentence."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks = {}

        def told(name: str, done: int, total: int) -> None:
            if name not in tasks:
                sentence = text("cli.provisioning", name=name)
                tasks[name] = bars.add_task(sentence, total=total)
                if not console.is_terminal:
                    say(sentence)
            bars.update(tasks[name], completed=done)

        yield told


def _greet(settings: WebSettings, port: int, database_url: str) -> None:
    base = f"{settings.domain}:{port}"
    say(text("cli.ready", url=f"http://{base}/"))
    if settings.demo:
        for definition in load_definitions():
            say(f"  http://{definition.slug}.{base}/")
        say(text("cli.demo_people", **{role.value: phone for role, phone in DEMO_PHONES.items()}))
    address = urlsplit(database_url)
    say(text("cli.database", address=f"{address.netloc.rpartition('@')[2]}{address.path}"))
