import pytest

from tests.support import application
from tests.support.application import Site
from tests.support.faces import Town, new_town


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
async def town(site: Site) -> Town:
    """A new foundation: limits and counts begin at nothing."""
    return await new_town(site)


@pytest.fixture(scope="session")
async def settled(site: Site) -> Town:
    """A foundation that tests may share who do not count."""
    return await new_town(site)
