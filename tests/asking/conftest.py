from collections.abc import AsyncIterator

import pytest

from tests.support import application
from tests.support.application import Site
from tests.support.careless import CarelessSite, open_careless_site
from tests.support.cluster import Cluster
from tests.support.faces import Town, new_town


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
async def town(site: Site) -> Town:
    """A foundation of the test's own, with every plugin on."""
    return await new_town(site)


@pytest.fixture(scope="session")
async def other(site: Site) -> Town:
    """Another one, in which nothing of the test's may be seen."""
    return await new_town(site)


# Of a module, for its models are the process's.
@pytest.fixture(scope="module")
async def careless_site(cluster: Cluster) -> AsyncIterator[CarelessSite]:
    """The application with a plugin that answers as it is told, in this process."""
    async with open_careless_site(cluster) as opened:
        yield opened


@pytest.fixture
async def careless(careless_site: CarelessSite) -> CarelessSite:
    """A foundation of the test's own there: in another the plugin may be resting from what it did before."""
    careless_site.answers.clear()
    return await careless_site.elsewhere()
