"""The entry point: servers for a run, and a host for the tests of one plugin."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict
from importlib.metadata import entry_points
from uuid import uuid4

from smilero_core.identity.vault import Vault
from smilero_core.plugins.host import GROUP
from smilero_web.testhost.cast import found
from smilero_web.testhost.cluster import Cluster, connected, installed_lineages, running_cluster
from smilero_web.testhost.host import RunningHost
from smilero_web.testhost.loop import LoopThread
from smilero_web.testhost.served import served_beside, served_here
from smilero_web.testhost.town import Town

_SLUGS = ("busan", "seongnam")


class Maker:
    """Implements `smilero_sdk.testing.HostMaker`."""

    @contextmanager
    def services(self) -> Iterator[Mapping[str, str]]:
        """PostgreSQL and Redis from the wheels, every installed plugin migrated."""
        with running_cluster(installed_lineages()) as cluster:
            yield asdict(cluster)

    @contextmanager
    def host(self, services: Mapping[str, str], plugin: str) -> Iterator[RunningHost]:
        """A database, two processes, two foundations. Raises LookupError when the plugin is not installed."""
        names = sorted(entry_points(group=GROUP).names)
        if plugin not in names:
            raise LookupError(plugin)
        with LoopThread() as loop:
            running = _running(loop, Cluster(**services), ",".join(names))
            host = loop.call(running.__aenter__())
            try:
                yield host
            finally:
                loop.call(running.__aexit__(None, None, None))


@asynccontextmanager
async def _running(loop: LoopThread, cluster: Cluster, plugins: str) -> AsyncIterator[RunningHost]:
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(cluster.database())
        admin = await stack.enter_async_context(connected(settings.database_url))
        beside = await stack.enter_async_context(served_beside(settings, cluster.redis_url, plugins))
        here = await stack.enter_async_context(served_here(settings, cluster.redis_url, plugins))
        host = RunningHost(loop, here.runtime, settings, admin, (here.port, beside))
        vault = Vault(settings.secret_key.get_secret_value())
        for slug in _SLUGS:
            # Like no word of a page, so that it is found wherever it does not belong.
            marker = f"{slug[0]}{uuid4().hex[:10]}"
            starts_on = tuple(name for name, one in here.runtime.host.plugins.items() if one.starts_on)
            host.towns.append(Town(host, await found(here.runtime.database, vault, slug, plugins=starts_on, marker=marker), marker))
        yield host


maker = Maker()
