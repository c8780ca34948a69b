"""Where the database is, and with which logins."""

import hashlib
import hmac
from typing import Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from smilero_core.db.roles import APP_ROLE, OWNER_ROLE, PLATFORM_ROLE
from smilero_sdk.errors import Problem


class DatabaseSettings(BaseSettings):
    """`SMILERO_DATABASE_URL` names the server, the database and an administrator.

    The three logins are derived from it: same server and database, their own names, and passwords made from
    `SMILERO_SECRET_KEY`. `smilero db upgrade` creates them. Where an administrator of the server creates the logins
    instead, name each with `SMILERO_DATABASE_OWNER_URL`, `…_APP_URL`, `…_PLATFORM_URL`; a web process then needs
    no administrator. `SMILERO_SECRET_KEYS_OLD` has the master secrets that are going (`identity/vault.py`);
    passwords are made from the current one.
    """

    model_config = SettingsConfigDict(env_prefix="SMILERO_", frozen=True)

    database_url: str = ""
    database_owner_url: str = ""
    database_app_url: str = ""
    database_platform_url: str = ""
    secret_key: SecretStr = SecretStr("")
    secret_keys_old: SecretStr = SecretStr("")
    database_pool: int = 8
    database_platform_pool: int = 2
    database_acquire_seconds: float = 5.0

    def owner(self) -> str:
        """The URL that migrations use."""
        return self.database_owner_url or self._derived(OWNER_ROLE)

    def app(self) -> str:
        """The URL that requests and jobs use."""
        return self.database_app_url or self._derived(APP_ROLE)

    def platform(self) -> str:
        """The URL of the platform's second login."""
        return self.database_platform_url or self._derived(PLATFORM_ROLE)

    def password(self, role: str) -> str:
        """The derived password of a login. Raises `database.no_secret` without `SMILERO_SECRET_KEY`."""
        secret = self.secret_key.get_secret_value()
        if not secret:
            raise Problem("database.no_secret", 500)
        return hmac.new(secret.encode(), f"smilero database login {role}".encode(), hashlib.sha256).hexdigest()

    def with_server(self, url: str, secret: str) -> Self:
        """The same settings for another server, as the embedded one."""
        return self.model_copy(update={"database_url": url, "secret_key": SecretStr(secret)})

    def _derived(self, role: str) -> str:
        if not self.database_url:
            raise Problem("database.no_url", 500)
        return with_login(self.database_url, role, self.password(role))


def with_login(url: str, user: str, password: str) -> str:
    """The same address with another login."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password, safe='')}@{address}"))


def with_database(url: str, database: str) -> str:
    """The same server and login with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database)}"))


def database_name(url: str) -> str:
    """The database that a URL names."""
    return unquote(urlsplit(url).path.lstrip("/"))
