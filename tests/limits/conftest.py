import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.application import Site, running_site
from tests.support.cluster import Cluster
from tests.support.faces import Town, new_town
from tests.support.servers import OwnRedis


@pytest.fixture(scope="session")
def own_redis(cluster: Cluster) -> Iterator[OwnRedis]:
    """A redis that other tests do without when it is killed."""
    with tempfile.TemporaryDirectory(prefix="smilero-redis-") as folder:
        server = OwnRedis(Path(folder).resolve(), cluster.secret)
        yield server
        server.close()


@pytest.fixture(scope="session")
async def site(cluster: Cluster, own_redis: OwnRedis) -> AsyncIterator[Site]:
    """The application with that redis."""
    async with running_site(replace(cluster, redis_url=own_redis.url)) as made:
        yield made


@pytest.fixture
async def town(site: Site) -> Town:
    """A new foundation: limits begin at nothing."""
    return await new_town(site)
