import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from smilero_core.identity.vault import Vault
from tests.plugins.installed import install
from tests.support.application import Site, running_site
from tests.support.cluster import Cluster
from tests.support.faces import Town
from tests.support.foundations import found

ON = ("coupons", "storefront", "lantern")


@pytest.fixture(scope="session")
async def site(cluster: Cluster) -> AsyncIterator[Site]:
    """The application with the plugins of the tests installed too."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_site(cluster, **install(Path(folder))) as made:
            yield made


async def new_town(site: Site, *plugins: str) -> Town:
    """A foundation that no other test knows."""
    vault = Vault(site.settings.secret_key.get_secret_value())
    return Town(site, await found(site.database, vault, f"t{uuid4().hex[:12]}", plugins=plugins or ON))


@pytest.fixture
async def town(site: Site) -> Town:
    """A new foundation with the lantern on."""
    return await new_town(site)
