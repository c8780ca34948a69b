"""The plugin's tests run beside the application: its servers and fixtures are those of the application's tests."""

import pytest

from tests.conftest import cluster, looked_at, pytest_configure_node, pytest_unconfigure
from tests.support import application
from tests.support.application import Site
from tests.support.coupons import Till

__all__ = ["cluster", "looked_at", "pytest_configure_node", "pytest_unconfigure"]


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
def till(site: Site) -> Till:
    """The coupons of a shop of 성남."""
    return Till(site, site.seongnam)


@pytest.fixture
def other_till(site: Site) -> Till:
    """The coupons of a shop of 부천."""
    return Till(site, site.bucheon)
