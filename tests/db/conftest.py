from collections.abc import AsyncIterator

import pytest

from smilero_core.db.orm import forget_models, init_models
from tests.support.models import model_apps


@pytest.fixture(scope="session", autouse=True)
async def models() -> AsyncIterator[None]:
    """Tortoise as the product starts it."""
    await init_models(model_apps())
    yield
    await forget_models()
