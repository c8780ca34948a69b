"""What all tests of the application share."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from smilero_core.db.database import Database
from smilero_core.db.driver import Connection
from smilero_core.db.settings import DatabaseSettings
from tests.support.cluster import Cluster, connected, running_cluster
from tests.support.tenants import Planted, plant

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

LookedAt = Callable[[str, Collection[object]], None]

_CLUSTER = pytest.StashKey[Cluster]()
_STACK = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """One size for every day, one for `make suites`."""
    parser.addoption("--full", action="store_true", help="run each check in its full size")
    parser.addoption("--suite", help="run the check of this id alone, as A4: the tests marked suite(id)")


def pytest_configure(config: pytest.Config) -> None:
    """A check of `quality.md` that the product must pass is one or more tests marked with its id."""
    config.addinivalue_line("markers", "suite(id): part of the check with this id; `make suite-<id>` runs it in full size")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the one check that was asked for."""
    wanted = config.getoption("--suite")
    if wanted:
        items[:] = [item for item in items if wanted in {str(mark.args[0]) for mark in item.iter_markers("suite")}]


def _cluster(config: pytest.Config) -> Cluster:
    """The servers of this run, started when they are first asked for."""
    if _CLUSTER not in config.stash:
        stack = config.stash[_STACK] = ExitStack()
        config.stash[_CLUSTER] = stack.enter_context(running_cluster())
    return config.stash[_CLUSTER]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: "WorkerController") -> None:
    """All workers of a run use the servers of their controller."""
    node.workerinput["cluster"] = asdict(_cluster(node.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers, if this process started them."""
    config.stash.get(_STACK, ExitStack()).close()


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster:
    """The servers of this run."""
    told = getattr(pytestconfig, "workerinput", None)
    return Cluster(**told["cluster"]) if told else _cluster(pytestconfig)


@pytest.fixture(scope="session")
async def settings(cluster: Cluster) -> AsyncIterator[DatabaseSettings]:
    """The worker's own migrated database."""
    async with cluster.database() as made:
        yield made


@pytest.fixture
async def own_database(cluster: Cluster) -> AsyncIterator[DatabaseSettings]:
    """A migrated database of the test's own, for what changes the database itself."""
    async with cluster.database() as made:
        yield made


@pytest.fixture(scope="session")
async def database(settings: DatabaseSettings) -> AsyncIterator[Database]:
    """The worker's database as the product opens it."""
    async with Database(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
async def admin(settings: DatabaseSettings) -> AsyncIterator[Connection]:
    """The worker's database as its superuser."""
    async with connected(settings.database_url) as connection:
        yield connection


@pytest.fixture
async def tenants(admin: Connection) -> tuple[Planted, Planted]:
    """Two new foundations with a market, a shop and a person each."""
    return await plant(admin), await plant(admin)


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether checks run in their full size."""
    return bool(pytestconfig.getoption("--full"))


@pytest.fixture
def looked_at(request: pytest.FixtureRequest) -> LookedAt:
    """Put on record what a check looked at: it fails on nothing, and the SDK's pytest plugin tells at the end how many, with -v which."""

    def record(what: str, subjects: Collection[object]) -> None:
        assert subjects, f"{request.node.nodeid} found no {what} to look at"
        request.node.user_properties.append(("looked at", (what, sorted(map(str, subjects)))))

    return record
