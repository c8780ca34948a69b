import pytest

from tests.support import application
from tests.support.application import Site
from tests.support.faces import new_town
from tests.support.oauth import Stage, set_stage


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
async def stage(site: Site) -> Stage:
    """A new foundation with two programs: limits and counts begin at nothing."""
    return await set_stage(await new_town(site))
