"""`smilero worker`."""

import asyncio
import logging

import typer

from smilero_core.db.settings import DatabaseSettings
from smilero_web.cli.console import LOG, say, text
from smilero_web.cli.ending import until_ended
from smilero_web.cli.migrate import assembled
from smilero_web.cli.office import serving_settings
from smilero_web.cli.serving import require_reachable
from smilero_web.runtime import Parts
from smilero_web.worker import work

app = typer.Typer()


@app.command("worker")
def worker() -> None:
    """Hand events over, do jobs and keep schedules, with the database and redis of the environment; for production.

    It answers no port. Run as many as you like: without SMILERO_REDIS_URL each looks for work once a second.
    """
    logging.basicConfig(level=logging.WARNING, format=LOG)
    with until_ended():
        settings, database = serving_settings()
        parts = assembled(settings)
        require_reachable(database)
        say(text("cli.worker_ready"))
        run_worker(parts, database)


def run_worker(parts: Parts, database: DatabaseSettings) -> None:
    """Work in this process until a signal ends it."""
    asyncio.run(work(parts, database))
