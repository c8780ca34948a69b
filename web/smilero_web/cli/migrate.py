"""The plugins and the assembled application as commands find them, and bringing a database to this version."""

import asyncio
from collections.abc import Callable

from smilero_core.db.bootstrap import bootstrap
from smilero_core.db.lineages import upgrade
from smilero_core.db.settings import DatabaseSettings
from smilero_core.plugins.host import PluginHost, PluginLoadError
from smilero_sdk.errors import Problem
from smilero_web.cli.console import say, text
from smilero_web.cli.office import reaching, web_settings
from smilero_web.runtime import Parts, assemble
from smilero_web.settings import WebSettings


def find_plugins() -> PluginHost:
    """Every installed plugin. Raises `plugins.broken`, which names the one that does not load."""
    try:
        return PluginHost.discover(web_settings().listed_plugins)
    except PluginLoadError as error:
        raise Problem("plugins.broken", 500, reason=str(error)) from error


def assembled(settings: WebSettings) -> Parts:
    """The parts of the application. Raises `plugins.broken`, `cli.incomplete`."""
    try:
        return assemble(settings)
    except PluginLoadError as error:
        raise Problem("plugins.broken", 500, reason=str(error)) from error
    except (ValueError, FileNotFoundError) as error:  # two catalogues with one key, a front end that was not built
        raise Problem("cli.incomplete", 500, reason=str(error)) from error


def upgrade_database(settings: DatabaseSettings, host: PluginHost) -> None:
    """Logins first where an administrator is named, then the core's revisions, then each plugin's; each schema is said.

    Raises `database.migration_failed` with the schema and the reason, and the Problems of `reaching`.
    """
    with reaching():
        asyncio.run(_upgrade(settings, host, lambda schema: say(text("cli.upgrading", schema=schema))))


async def _upgrade(settings: DatabaseSettings, host: PluginHost, told: Callable[[str], None]) -> None:
    if settings.database_url:
        await bootstrap(settings)
    current = ""

    def note(schema: str) -> None:
        nonlocal current
        current = schema
        told(schema)

    try:
        await upgrade(settings.owner(), host.lineages(), note)
    except Exception as error:  # whatever a revision raises: a plugin's is a stranger's code
        if not current:
            raise
        cause = getattr(error, "orig", None) or error
        reason = str(cause).strip().splitlines()[:1] or [type(cause).__name__]
        raise Problem("database.migration_failed", 500, schema=current, reason=reason[0]) from error
