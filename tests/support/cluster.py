"""The servers of a test run, and its databases: those of the test kit, with the tables of the tests' own plugins in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smilero_core.db.lineages import Lineage
from smilero_core.db.unit import UnitOfWork
from smilero_web.testhost.cluster import BLANK, MIGRATED, Cluster, connected, installed_lineages
from smilero_web.testhost.cluster import running_cluster as running_bare_cluster

__all__ = ["BLANK", "MIGRATED", "PROBE", "TOLL", "Cluster", "connected", "lineages", "roll_back", "running_cluster"]

PROBE = Lineage("plugin_probe", Path(__file__).parents[1] / "probe" / "smilero_probe" / "migrations")
TOLL = Lineage("plugin_toll", Path(__file__).parents[1] / "toll" / "smilero_toll" / "migrations")


def lineages() -> list[Lineage]:
    """The core's, every installed plugin's that has tables, and those of the tests' own plugins."""
    return [*installed_lineages(), PROBE, TOLL]


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start the servers in a temporary folder, and stop them at the end."""
    with running_bare_cluster(lineages()) as cluster:
        yield cluster


async def roll_back(unit: UnitOfWork) -> None:
    """End a unit as an exception inside it would."""
    await unit.__aexit__(Exception, None, None)
