"""What nobody thought of: requests made up from the document, alone and in sequences, by three roles and by nobody (check B2)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields
from http import HTTPStatus

import pytest

from tests.conftest import LookedAt
from tests.support.application import Site, running_site
from tests.support.cluster import Cluster
from tests.support.foundations import CAST, Foundation
from tests.support.generated import FORGED, NOBODY, Visitors, each_alone, in_sequence
from tests.support.operations import operations, set_stage
from tests.support.web import DOCUMENT

pytestmark = pytest.mark.suite("B2")

ROLES = ("owner", "merchant", "customer")
TENANTS = [one.name for one in fields(Site) if one.type is Foundation]
# In all, and of each foundation its part.
CASES, FULL_CASES = 1_200, 50_000
# As many as there were when this was last written: they only grow.
OPERATIONS_FLOOR = 20
# Of these, what so few requests surely carry out; in full size it is all.
DONE_FLOOR, EMPTY_FLOOR = 15, 10
EMPTY = "bucheon"


@pytest.fixture(scope="module")
async def own_site(cluster: Cluster) -> AsyncIterator[Site]:
    """The application on a database that nobody else looks at: it is full of nonsense afterwards. One foundation begins empty."""
    async with running_site(cluster) as made:
        for name in TENANTS:
            if name != EMPTY:
                await set_stage(made, getattr(made, name))
        yield made


@pytest.mark.parametrize("name", TENANTS)
async def test_no_request_finds_a_fault(own_site: Site, name: str, looked_at: LookedAt, *, full: bool) -> None:
    foundation, neighbour = getattr(own_site, name), getattr(own_site, next(one for one in TENANTS if one != name))
    wanted = (FULL_CASES if full else CASES) // len(TENANTS)
    visitors = Visitors(own_site.servers[0].url, foundation, neighbour, ROLES)
    told = await own_site.caller(foundation).get(DOCUMENT)
    assert told.status_code == HTTPStatus.OK

    def visit() -> None:
        each_alone(told.json(), visitors, examples=max(2, wanted // 250))
        in_sequence(told.json(), visitors, wanted)

    # Schemathesis waits for each answer itself; the server's log is read meanwhile.
    await asyncio.to_thread(visit)
    _record(visitors, looked_at)
    faults = "\n".join(visitors.faults.values())
    assert not faults, faults
    assert CAST.keys() >= set(ROLES)
    assert visitors.cases.total() >= wanted
    assert len(operations()) >= OPERATIONS_FLOOR
    asked = {(operation, who) for operation, who, _ in visitors.cases} | visitors.twins.keys()
    assert asked == {(operation, who) for operation in operations() for who in (*ROLES, NOBODY, FORGED)}
    # A refusal says something only of what somebody else is not refused.
    looked_at("operations that were carried out", set(visitors.done))
    assert len(visitors.done) >= (len(operations()) if full else EMPTY_FLOOR if name == EMPTY else DONE_FLOOR)


def _record(visitors: Visitors, looked_at: LookedAt) -> None:
    looked_at("cases", range(visitors.cases.total()))
    looked_at("operations", {name for name, _, _ in visitors.cases})
    looked_at("roles", {role for _, role, _ in visitors.cases})
    for who in (NOBODY, FORGED):
        looked_at(f"cases again by {who}", range(sum(count for (_, one), count in visitors.twins.items() if one == who)))
