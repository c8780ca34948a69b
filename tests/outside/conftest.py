from collections.abc import AsyncIterator

import pytest

from tests.support import application
from tests.support.application import Site, running_site
from tests.support.cluster import Cluster
from tests.support.faces import Town, new_town
from tests.support.outside import Trip, add_provider
from tests.support.rogue import Behaviour, Rogue, running_rogue


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture(scope="session")
async def site(cluster: Cluster) -> AsyncIterator[Site]:
    """An application that speaks to providers on this machine."""
    async with running_site(cluster, SMILERO_LOOPBACK_PROVIDERS="true") as made:
        yield made


@pytest.fixture(scope="session")
async def provider() -> AsyncIterator[Rogue]:
    """The tests' own, for the whole run."""
    async with running_rogue() as running:
        yield running


@pytest.fixture
def rogue(provider: Rogue) -> Rogue:
    """It, well-behaved."""
    provider.behaviour = Behaviour()
    return provider


@pytest.fixture
async def town(site: Site) -> Town:
    """A new foundation: limits and counts begin at nothing."""
    return await new_town(site)


@pytest.fixture
async def trip(town: Town, rogue: Rogue) -> Trip:
    """Somebody about to sign in there."""
    return Trip(town, rogue, await add_provider(town, rogue.url), town.guest())
