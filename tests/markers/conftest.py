from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.access.conftest import folder, site
from tests.access.scene import Scene, set_scenes
from tests.markers.columns import Column, seed, text_columns
from tests.markers.crawl import Crawl, Round, fill
from tests.support import application
from tests.support.application import Site
from tests.support.web import DEMO, Server, running_server

__all__ = ["folder", "site"]


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture(scope="session")
async def demo(site: Site) -> AsyncIterator[Server]:
    """The same application in demo mode, for what is there in the demo alone."""
    async with running_server(site.settings, site.redis_url, DEMO, SMILERO_ENV="demo", SMILERO_WATCH="example") as made:
        yield made


@pytest.fixture(scope="session")
async def marked(site: Site, demo: Server, folder: Path) -> tuple[Scene, Scene]:
    """Two foundations in which everything was done once, and then every text column was given a marker of its own."""
    scenes = await set_scenes(site, demo.url, folder)
    for scene in scenes:
        await fill(scene)
    for scene in scenes:
        await seed(scene)
    return scenes


@pytest.fixture(scope="session")
async def columns(site: Site) -> list[Column]:
    """Every text column of a foundation, from the catalogue."""
    return await text_columns(site.admin)


@pytest.fixture(scope="session")
async def crawl(marked: tuple[Scene, Scene], *, full: bool) -> Crawl:
    """All answers, asked for once and read."""
    return await Round(marked, full=full).walked()
