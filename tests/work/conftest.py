from collections.abc import AsyncIterator

import pytest

from smilero_core.db.settings import DatabaseSettings
from tests.support.workers import Yard, open_yard


@pytest.fixture
async def yard(own_database: DatabaseSettings) -> AsyncIterator[Yard]:
    """Two foundations that have the plugin on, and no worker but the test."""
    async with open_yard(own_database) as opened:
        yield opened
