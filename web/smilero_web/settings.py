"""How the application is run."""

from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """`demo` shows codes and demo people, and refuses a database that is not embedded."""

    PRODUCTION = "production"
    DEMO = "demo"


class WebSettings(BaseSettings):
    """`SMILERO_*` of the web process.

    `loopback_providers`: for tests alone: logins of providers on this machine, without TLS, as the demo has them.
    `plugins`: see `listed_plugins`. `proxies`: see `trusted_proxies`.
    `watch`: a plugin whose author looks at `/dev/plugin/<name>`; set by `smilero plugin dev`.
    """

    model_config = SettingsConfigDict(env_prefix="SMILERO_", frozen=True)

    env: Environment = Environment.PRODUCTION
    domain: str = "localhost"
    port: int = 8000
    host: str = "127.0.0.1"
    proxies: str = ""
    data_dir: Path = Path(".smilero")
    redis_url: str = Field(default="", repr=False)
    secret_key: SecretStr = SecretStr("")
    plugins: str = ""
    watch: str = ""
    files_url: str = ""
    loopback_providers: bool = False
    # Of the watchdog; they can be made shorter, never longer.
    blocked_notice_seconds: float = Field(default=1.5, gt=0, le=1.5)
    blocked_end_seconds: float = Field(default=10.0, gt=0, le=10.0)

    @field_validator("proxies")
    @classmethod
    def _addresses(cls, proxies: str) -> str:
        for address in _listed(proxies):
            ip_network(address)
        return proxies

    @property
    def demo(self) -> bool:
        """Whether demo mode is on."""
        return self.env is Environment.DEMO

    @property
    def near_providers(self) -> bool:
        """Whether a provider of logins may be on this machine."""
        return self.demo or self.loopback_providers

    @property
    def listed_plugins(self) -> list[str] | None:
        """`SMILERO_PLUGINS`, names with commas: what foundations may have on; None: all first-party plugins."""
        return _listed(self.plugins) or None

    @property
    def trusted_proxies(self) -> list[str]:
        """`SMILERO_PROXIES`, addresses and networks with commas: whose X-Forwarded-For and X-Forwarded-Proto are believed; none: nobody's.

        Whoever is believed says from where a request comes, which limits count by, and whether it came over TLS.
        """
        return _listed(self.proxies)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
