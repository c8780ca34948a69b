"""The plugin's tests run beside the application: its servers and fixtures are those of the application's tests."""

import pytest

from tests.conftest import cluster, looked_at, pytest_configure_node, pytest_unconfigure
from tests.support import application

__all__ = ["cluster", "looked_at", "pytest_configure_node", "pytest_unconfigure"]


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)
