import pytest

from tests.support import application


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)
