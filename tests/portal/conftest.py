import pytest

from tests.support import application
from tests.support.application import Site
from tests.support.coupons import Till
from tests.support.faces import Town, new_town


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
async def town(site: Site) -> Town:
    """A foundation of the test's own."""
    return await new_town(site)


@pytest.fixture
def stall(town: Town) -> Till:
    """The coupons of its first shop."""
    return Till(town.site, town.foundation)
