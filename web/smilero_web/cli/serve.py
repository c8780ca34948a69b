"""`smilero up` and `smilero web`."""

import asyncio
import logging
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr

from smilero_core.db.database import Database
from smilero_core.db.orm import forget_models, init_models
from smilero_core.db.settings import DatabaseSettings
from smilero_core.embedded import Embedded, EmbeddedServices, claimed
from smilero_core.embedded.logins import running_logins
from smilero_core.identity.vault import Vault
from smilero_core.models import CORE_MODELS
from smilero_core.plugins.gate import PluginGate
from smilero_sdk.errors import Problem
from smilero_tenants.markets.definition import load_definitions
from smilero_tenants.provisioning.demo import DEMO_PHONES, offer_logins, provision_demo
from smilero_tenants.provisioning.life import live_demo
from smilero_web.cli.console import LOG, Told, progress, say, text
from smilero_web.cli.ending import ignore_signals, until_ended
from smilero_web.cli.migrate import assembled, upgrade_database
from smilero_web.cli.office import from_environment, mark_demo, names_server, reaching, serving_settings, web_settings
from smilero_web.cli.parts import keep_running
from smilero_web.cli.serving import require_free_port, serve
from smilero_web.runtime import Parts
from smilero_web.services import Installed, host_services
from smilero_web.settings import WebSettings

app = typer.Typer()


@app.command("up")
def up() -> None:
    """Start everything in the foreground: PostgreSQL, Redis, the migrations, web server and worker. Ctrl-C ends it.

    With SMILERO_ENV=demo three foundations with their markets are there. SMILERO_DATABASE_URL and SMILERO_REDIS_URL
    name servers to use instead of the embedded ones.
    """
    logging.basicConfig(level=logging.WARNING, format=LOG)
    with until_ended():
        settings, database = web_settings(), from_environment(DatabaseSettings)
        if settings.demo and names_server(database):
            raise Problem("cli.demo_needs_embedded")
        with claimed(settings.data_dir.resolve()):  # before the port, which whoever runs here has most likely taken
            require_free_port(settings)
        parts = assembled(settings)
        say(text("cli.starting", folder=str(settings.data_dir.resolve())))
        server = database.database_url or database.database_app_url or None
        with Embedded(settings.data_dir, database_url=server, redis_url=settings.redis_url or None) as services:
            try:
                _run(parts, database, services)
            finally:
                ignore_signals()  # the servers end in order, whatever is pressed meanwhile


@app.command("web")
def web() -> None:
    """Serve the application with the database of the environment; for production, behind a proxy."""
    logging.basicConfig(level=logging.INFO, format=LOG)
    with until_ended():
        settings, database = serving_settings()
        serve(assembled(settings), database)


def _run(parts: Parts, database: DatabaseSettings, services: EmbeddedServices) -> None:
    secret = SecretStr(parts.settings.secret_key.get_secret_value() or services.secret)
    if names_server(database):
        database = database.model_copy(update={"secret_key": secret})
    else:
        database = database.with_server(services.database_socket, secret.get_secret_value())
    parts = replace(parts, settings=parts.settings.model_copy(update={"redis_url": services.redis_url, "secret_key": secret}))
    mark_demo(parts.settings.data_dir, demo=parts.settings.demo)
    upgrade_database(database, parts.host)
    with ExitStack() as stack:
        if parts.settings.demo:
            issuer = stack.enter_context(running_logins(sorted(DEMO_PHONES.values())))
            with reaching(), progress() as told:
                asyncio.run(_provision(parts, database, told, issuer))
        keep_running(parts.settings, database, lambda port: _greet(parts.settings, port, services.database_url))


async def _provision(parts: Parts, database: DatabaseSettings, told: Told, issuer: str) -> None:
    """The foundations with their shops, people and logins, then the sixty days that the plugins make up."""
    vault = Vault.of(database)
    await init_models({"core": CORE_MODELS, **parts.host.models})
    try:
        async with Database(database) as opened:
            # A plugin under development is on where its author wants it.
            plugins = sorted(parts.host.listed - {parts.settings.watch})
            await provision_demo(opened, vault, plugins, lambda name, *how_far: told(text("cli.provisioning", name=name), *how_far))
            await offer_logins(opened, vault, issuer, parts.catalogue.text("ko", "provisioning.demo_login"))
            installed = Installed(parts.host, parts.catalogue)
            services = host_services(installed, PluginGate(opened, parts.host.listed), vault)
            await live_demo(opened, services, parts.access, lambda name, *how_far: told(text("cli.living", name=name), *how_far))
    finally:
        await forget_models()


def _greet(settings: WebSettings, port: int, database_url: str) -> None:
    base = f"{settings.domain}:{port}"
    say(text("cli.ready", url=f"http://{base}/"))
    if settings.demo:
        for definition in load_definitions():
            say(f"  http://{definition.slug}.{base}/")
        say(text("cli.demo_people", **{role.value: phone for role, phone in DEMO_PHONES.items()}))
    address = urlsplit(database_url)
    say(text("cli.database", address=f"{address.netloc.rpartition('@')[2]}{address.path}"))
