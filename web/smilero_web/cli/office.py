"""Where a command finds the database, and what it works with there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import asyncpg
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings

from smilero_core.db.database import Database
from smilero_core.db.settings import DatabaseSettings
from smilero_core.embedded import find_running
from smilero_core.identity.vault import Vault
from smilero_core.platform.tenants import TenantOffice
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem
from smilero_web.settings import WebSettings

Result = TypeVar("Result")
Settings = TypeVar("Settings", bound=BaseSettings)

_DEMO_MARK = "demo"
_MOST_PORT = 65_535
# The classes of SQLSTATE that speak of the way to the server, not of what was asked (PostgreSQL 18, appendix A).
_ON_THE_WAY = ("08", "28", "3D", "53", "57")


@dataclass(frozen=True)
class Office:
    """What a command works with.

    Attributes:
        demo: whether these are the foundations of a demo.
    """

    database: Database
    directory: TenantDirectory
    vault: Vault
    demo: bool

    @property
    def tenants(self) -> TenantOffice:
        """Makes and lists foundations."""
        return TenantOffice(self.database)

    async def tenant(self, slug: str) -> Tenant:
        """The foundation of a slug. Raises `tenancy.unknown`."""
        found = await self.directory.by_slug(slug) if slug.isascii() else None
        if found is None:
            raise Problem("tenancy.unknown", HTTPStatus.NOT_FOUND, slug=slug)
        return found


def with_office(work: Callable[[Office], Awaitable[Result]]) -> Result:
    """Run something with the database open. Raises the Problems of `database_settings` and `reaching`."""
    web, settings = web_settings(), database_settings()
    demo = not names_server(from_environment(DatabaseSettings)) and (web.data_dir / _DEMO_MARK).exists()

    async def run() -> Result:
        async with Database(settings) as database:
            vault = Vault.of(settings)
            return await work(Office(database, TenantDirectory(database, web.domain), vault, demo))

    with reaching():
        return asyncio.run(run())


@contextmanager
def reaching() -> Iterator[None]:
    """Tell what the database, or the way to it, refuses.

    Raises `database.not_migrated`, `.full`, `.unreachable`, `cli.database_refused`.
    """
    try:
        yield
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError) as error:
        raise Problem("database.not_migrated", HTTPStatus.SERVICE_UNAVAILABLE, schema="core") from error
    except asyncpg.DiskFullError as error:
        raise Problem("database.full", HTTPStatus.SERVICE_UNAVAILABLE) from error
    except asyncpg.PostgresError as error:
        on_the_way = (error.sqlstate or "")[:2] in _ON_THE_WAY
        raise Problem("database.unreachable" if on_the_way else "cli.database_refused", 500, reason=str(error)) from error
    except (OSError, asyncpg.InterfaceError) as error:
        raise Problem("database.unreachable", 500, reason=str(error) or type(error).__name__) from error


def web_settings() -> WebSettings:
    """`SMILERO_*` of the process; port 0 stands for any that is free. Raises `cli.setting`."""
    settings = from_environment(WebSettings)
    if not 0 <= settings.port <= _MOST_PORT:
        raise _unreadable("port", f"0-{_MOST_PORT}")
    return settings


def serving_settings() -> tuple[WebSettings, DatabaseSettings]:
    """Of a process that serves in production. Raises `cli.demo_needs_embedded`, `database.no_url`, `.no_secret`, `cli.setting`."""
    settings, database = web_settings(), from_environment(DatabaseSettings)
    if settings.demo:
        raise Problem("cli.demo_needs_embedded")
    if not names_server(database):
        raise Problem("database.no_url")
    if not database.secret_key.get_secret_value():
        raise Problem("database.no_secret")
    return settings, database


def database_settings() -> DatabaseSettings:
    """The database of the environment, else the one that `smilero up` runs in this data folder.

    The secret too is the environment's, else the folder's: `up` itself takes it from there. Raises `cli.not_running`,
    `database.no_secret`, `cli.setting`.
    """
    settings, folder = from_environment(DatabaseSettings), web_settings().data_dir
    if names_server(settings) and settings.secret_key.get_secret_value():
        return settings
    services = find_running(folder)
    if services is None:
        raise Problem("database.no_secret" if names_server(settings) else "cli.not_running", folder=str(folder))
    secret = settings.secret_key.get_secret_value() or services.secret
    if names_server(settings):
        return settings.model_copy(update={"secret_key": SecretStr(secret)})
    return settings.with_server(services.database_url, secret)


def from_environment(kind: type[Settings]) -> Settings:
    """Settings of one kind. Raises `cli.setting`, which names the first that cannot be read, and never shows it."""
    try:
        settings = kind()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _unreadable(str(first["loc"][0]), first["msg"]) from None
    for name, value in settings:
        if name.endswith("_url"):
            try:
                urlsplit(value)
            except ValueError as error:
                raise _unreadable(name, str(error)) from None
    return settings


def _unreadable(name: str, reason: str) -> Problem:
    return Problem("cli.setting", name=f"SMILERO_{name.upper()}", reason=reason)


def names_server(settings: DatabaseSettings) -> bool:
    """Whether the environment names a database, by any of its logins."""
    return any((settings.database_url, settings.database_owner_url, settings.database_app_url, settings.database_platform_url))


def mark_demo(folder: Path, *, demo: bool) -> None:
    """Leave word in the data folder, for commands of another shell, whether its foundations are a demo's."""
    mark = folder / _DEMO_MARK
    if demo:
        mark.touch(mode=0o600)
    else:
        mark.unlink(missing_ok=True)
