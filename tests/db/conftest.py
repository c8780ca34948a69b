from collections.abc import AsyncIterator

import pytest

from smilero_core.db.orm import forget_models, init_models
from tests.support.models import model_apps


@pytest.fixture(scope="module", autouse=True)
async def models() -> AsyncIterator[None]:
    """Tortoise as the product starts it; gone with the module, since the test host of other folders starts its own."""
    await init_models(model_apps())
    yield
    await forget_models()
