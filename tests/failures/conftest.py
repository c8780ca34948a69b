import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.sessions import open_session
from smilero_core.identity.vault import Vault
from smilero_sdk.ids import uuid7
from tests.support import application
from tests.support.application import Site
from tests.support.commands import own_folder
from tests.support.faces import SESSION, Guest
from tests.support.foundations import Foundation, found
from tests.support.web import Caller, Server, running_server

HERE = Path(__file__).parent
PLUGINS = "coupons,storefront,probe,tidy"


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


def install(folder: Path, name: str, module: str) -> Path:
    """Make a distribution of a plugin in a folder that is then on the path."""
    info = folder / f"smilero_plugin_{name}-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: smilero-plugin-{name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[smilero.plugins]\n{name} = {module}.plugin:plugin\n", encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Yard:
    """Two processes with the rascal and its tidy neighbour installed.

    Attributes:
        diary: where the rascal says what it does.
        environment: of a further process.
    """

    site: Site
    servers: tuple[Server, Server]
    diary: Path
    environment: dict[str, str]

    async def foundation(self, mode: str = "") -> Foundation:
        """A new one with both plugins on, where the rascal does wrong in one way."""
        vault = Vault(self.site.settings.secret_key.get_secret_value())
        made = await found(self.site.database, vault, f"t{uuid4().hex[:12]}", plugins=tuple(PLUGINS.split(",")))
        await self.choose(made.id, mode)
        return made

    async def choose(self, tenant_id: UUID, mode: str) -> None:
        """Let the rascal do wrong in another way."""
        async with self.site.database.unit(tenant_id) as unit:
            await Session(unit).execute(
                """insert into core.plugin_setting (id, plugin, chosen) values ($1, 'probe', jsonb_build_object('mode', $2::text))
                   on conflict (tenant_id, plugin, shop_id) do update set chosen = excluded.chosen""",
                uuid7(),
                mode,
            )

    async def guest(self, foundation: Foundation, who: str, process: int = 0) -> Guest:
        """Somebody of a foundation who has signed in."""
        guest = Guest(self.site.http, self.servers[process].url, foundation.host)
        async with self.site.database.unit(foundation.id) as unit:
            guest.cookies[SESSION] = await open_session(Session(unit), foundation.people[who], factor=True)
        return guest

    def caller(self, foundation: Foundation, who: str, process: int = 0) -> Caller:
        """Somebody at the API."""
        return Caller(self.site.http, self.servers[process].url, foundation.host, foundation.tokens[who])

    def noted(self, foundation: Foundation) -> list[str]:
        """What the rascal says that it did there."""
        slug = foundation.host.partition(".")[0]
        return [line for line in self.diary.read_text(encoding="utf-8").splitlines() if line.startswith(slug)]

    async def failures(self, foundation: Foundation) -> list[tuple[str, str, str]]:
        """What is on record: hook, error, trace, the oldest first."""
        rows = await self.site.admin.fetch(
            "select hook, error, trace from core.plugin_failure where tenant_id = $1 and plugin = 'probe' order by failed_at, id",
            foundation.id,
        )
        return [(row["hook"], row["error"], row["trace"]) for row in rows]

    async def sentences(self, foundation: Foundation) -> list[str]:
        """What the audit log has of the two plugins."""
        sql = "select sentence from core.audit_entry where tenant_id = $1 and sentence not like 'tenancy.%' order by at, id"
        rows = await self.site.admin.fetch(sql, foundation.id)
        return [row["sentence"] for row in rows]


@pytest.fixture(scope="session")
async def yard(site: Site) -> AsyncIterator[Yard]:
    """The application with both plugins, on the database of the site."""
    with own_folder() as folder:
        place = folder / "site"
        shutil.copytree(HERE / "site", place)
        for name, package in {"probe": "smilero_rascal", "tidy": "smilero_tidy"}.items():
            (place / package / "__init__.py").touch()  # among the tests nothing is a package
            install(place, name, package)
        diary = folder / "diary"
        diary.touch()
        environment = {
            "PYTHONPATH": str(place),
            "SMILERO_PLUGINS": PLUGINS,
            "RASCAL_DIARY": str(diary),
            "RASCAL_SECRET": "010-1234-5678 김순자",
        }
        async with (
            running_server(site.settings, site.redis_url, **environment) as first,
            running_server(site.settings, site.redis_url, **environment) as second,
        ):
            yield Yard(site, (first, second), diary, environment)
