"""The plugin's tests run beside the application: its servers and fixtures are those of the application's tests."""

import pytest

from tests.conftest import cluster, looked_at, pytest_configure_node, pytest_unconfigure
from tests.support import application
from tests.support.application import Site
from tests.support.faces import Town, new_town

__all__ = ["cluster", "looked_at", "pytest_configure_node", "pytest_unconfigure"]


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
async def town(site: Site) -> Town:
    """A foundation of the test's own, with every plugin on."""
    return await new_town(site)
