from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest

from smilero_core.db.orm import forget_models, init_models
from smilero_core.db.session import Session
from smilero_core.models import CORE_MODELS
from smilero_core.registry.store import NewShop, RegistryStore
from smilero_sdk.ids import uuid7
from tests.support.application import Site, running_site
from tests.support.cluster import Cluster
from tests.support.faces import Town, new_town


@pytest.fixture(scope="session")
async def site(cluster: Cluster) -> AsyncIterator[Site]:
    """The application, in two processes."""
    await init_models({"core": CORE_MODELS})
    async with running_site(cluster) as made:
        yield made
    await forget_models()


@pytest.fixture
async def town(site: Site) -> Town:
    """A foundation of the test's own."""
    return await new_town(site)


async def add_shops(town: Town, names: Sequence[str], *, category: str = "bakery", goods: str = "") -> list[UUID]:
    """Shops at one of the foundation's markets, each at a stall of its own."""
    market = await town.site.admin.fetchval("select market_id from core.shop where id = $1", town.foundation.shop)
    ids = [uuid7() for _ in names]
    async with town.site.database.unit(town.foundation.id) as unit:
        await RegistryStore(Session(unit)).add_shops(
            [NewShop(one, market, name, str(one)[-12:], category, goods) for one, name in zip(ids, names, strict=True)]
        )
    return ids
