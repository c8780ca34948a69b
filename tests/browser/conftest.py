from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.support.browser import chromium, require_chromium
from tests.support.demo import Demo, running_demo


@pytest.fixture(scope="session")
async def demo() -> AsyncIterator[Demo]:
    """`smilero up`, started when a browser is there to look at it."""
    require_chromium()
    async with running_demo() as running:
        yield running


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium; each visitor has a window of their own."""
    async with chromium() as started:
        yield started
