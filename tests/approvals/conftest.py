import pytest

from tests.support import application
from tests.support.application import Site
from tests.support.faces import Town, new_town


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
async def town(site: Site) -> Town:
    """A new foundation: nothing waits there yet."""
    return await new_town(site)
