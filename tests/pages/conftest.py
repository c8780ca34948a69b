from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.pages.eyes import Window, window
from tests.pages.stand import Stand, standing
from tests.support.application import Site
from tests.support.browser import chromium, require_chromium
from tests.support.cluster import Cluster


@pytest.fixture(scope="session")
async def stand(cluster: Cluster) -> AsyncIterator[Stand]:
    """Every page, when a browser is there to look at it."""
    require_chromium()
    async with standing(cluster) as made:
        yield made


@pytest.fixture(scope="session")
def site(stand: Stand) -> Site:
    """The application behind it."""
    return stand.scene.site


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.fixture(scope="session")
async def eyes(browser: Browser, stand: Stand) -> AsyncIterator[Window]:
    """One window, in Korean."""
    async with window(browser, stand) as made:
        yield made
