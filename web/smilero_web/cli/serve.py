"""`smilero up` and `smilero web`."""

import asyncio
import logging
import signal
from dataclasses import replace
from pathlib import Path

import typer
import uvicorn

from smilero_core.db.settings import DatabaseSettings
from smilero_core.embedded import Embedded, find_running, require_port
from smilero_sdk.errors import Problem
from smilero_tenants.provisioning.demo import DEMO_PHONES, provision_demo
from smilero_web.app import Application
from smilero_web.cli.console import err, guarded, say
from smilero_web.cli.migrate import upgrade_database
from smilero_web.runtime import Parts, assemble, running
from smilero_web.settings import WebSettings

# Open streams keep a server from stopping; they are cut after this.
_GRACE_SECONDS = 5
_DEMO_MARK = "demo"


def up() -> None:
    """Start everything in the foreground: PostgreSQL, Redis, the migrations, the web server. Ctrl-C ends it.

    With SMILERO_ENV=demo three foundations with their markets are there. SMILERO_DATABASE_URL and SMILERO_REDIS_URL
    name servers to use instead of the embedded ones.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    signal.signal(signal.SIGTERM, _stop)
    try:
        guarded(_up)
    except KeyboardInterrupt:
        say("cli.stopped")


def web() -> None:
    """Serve the application with the database of the environment; for production, behind a proxy."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = WebSettings()
    guarded(lambda: _serve(assemble(settings), DatabaseSettings()))


def _up() -> None:
    settings, database = WebSettings(), DatabaseSettings()
    if settings.demo and (database.database_url or database.database_app_url):
        raise Problem("cli.demo_needs_embedded")
    require_port(settings.port)
    parts = assemble(settings)
    say("cli.starting", folder=str(settings.data_dir.resolve()))
    with Embedded(settings.data_dir, database_url=database.database_url or None, redis_url=settings.redis_url or None) as services:
        secret = settings.secret_key.get_secret_value() or services.secret
        _note_demo(settings)
        database = database.with_server(services.database_socket, secret)
        parts = replace(parts, settings=settings.model_copy(update={"redis_url": services.redis_url}))
        asyncio.run(upgrade_database(database, parts.host, lambda schema: say("cli.upgrading", schema=schema)))
        if settings.demo:
            asyncio.run(_provision(parts, database))
        _greet(settings, services.database_url)
        _serve(parts, database)


async def _provision(parts: Parts, database: DatabaseSettings) -> None:
    async with running(parts, database) as runtime:
        names = sorted(parts.host.plugins)
        await provision_demo(runtime.database, runtime.vault, names, lambda name: say("cli.provisioning", name=name))


def _serve(parts: Parts, database: DatabaseSettings) -> None:
    config = uvicorn.Config(
        Application(parts, database).build(),
        host=parts.settings.host,
        port=parts.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    uvicorn.Server(config).run()


def _greet(settings: WebSettings, database_url: str) -> None:
    base = f"localhost:{settings.port}"
    say("cli.ready", url=f"http://{base}/")
    if settings.demo:
        for slug in ("seongnam", "bucheon", "busan"):
            err.print(f"  http://{slug}.{base}/", highlight=False)
        say("cli.demo_people", **{role.value: phone for role, phone in DEMO_PHONES.items()})
    say("cli.database", address=database_url.rpartition("@")[2])


def is_demo_folder(data_dir: Path) -> bool:
    """Whether the services of a data folder run in demo mode, for commands of another shell."""
    return find_running(data_dir) is not None and (data_dir / _DEMO_MARK).exists()


def _note_demo(settings: WebSettings) -> None:
    mark = settings.data_dir / _DEMO_MARK
    if settings.demo:
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def _stop(*_: object) -> None:
    raise typer.Exit(0)
