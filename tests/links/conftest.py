import pytest

from tests.links.crossing import Pair
from tests.support import application
from tests.support.application import Site
from tests.support.faces import new_town


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
async def pair(site: Site) -> Pair:
    """Two foundations that no other test knows."""
    return Pair(await new_town(site), await new_town(site))
