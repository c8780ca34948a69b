from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser

from tests.support import application
from tests.support.application import Site
from tests.support.browser import chromium, require_chromium
from tests.support.demo import Demo
from tests.support.faces import Town, new_town
from tests.support.factors import app_of
from tests.support.oauth import Stage, set_stage
from tests.support.web import DEMO, running_server


def pytest_configure(config: pytest.Config) -> None:
    """The application's fixtures."""
    application.register(config)


@pytest.fixture
async def stage(site: Site) -> Stage:
    """A new foundation with two programs: limits and counts begin at nothing."""
    return await set_stage(await new_town(site))


@pytest.fixture(scope="session")
async def demo(site: Site) -> AsyncIterator[Demo]:
    """A process in demo mode, which shows its codes, on the site's two foundations; the owner has an authenticator app."""
    require_chromium()
    await app_of(Town(site, site.bucheon), "owner")
    async with running_server(site.settings, site.redis_url, DEMO, SMILERO_ENV="demo") as server:
        yield Demo(urlsplit(server.url).port or 0, site.settings.database_url, site.redis_url)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium; each visitor has a window of their own."""
    async with chromium() as started:
        yield started
