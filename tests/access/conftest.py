import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.access.scene import Scene, set_scenes
from tests.support import application
from tests.support.application import Site, running_site
from tests.support.cluster import Cluster
from tests.support.web import DEMO, running_server


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Where the application keeps its files."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.fixture(scope="session")
async def site(cluster: Cluster, folder: Path) -> AsyncIterator[Site]:
    """The application with files in a folder of its own."""
    async with running_site(cluster, SMILERO_DATA_DIR=str(folder)) as made:
        yield made


@pytest.fixture(scope="session")
async def demo_url(site: Site) -> AsyncIterator[str]:
    """The same in demo mode with a plugin being watched, for what is there in the demo alone."""
    async with running_server(site.settings, site.redis_url, DEMO, SMILERO_ENV="demo", SMILERO_WATCH="example") as made:
        yield made.url


@pytest.fixture(scope="session")
async def scenes(site: Site, demo_url: str, folder: Path) -> tuple[Scene, Scene]:
    """Our own foundation and a foreign one, each full of objects that carry its mark."""
    return await set_scenes(site, demo_url, folder)
