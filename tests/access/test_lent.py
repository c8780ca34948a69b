"""Every address for somebody who acts for a merchant: what was lent is carried out, all else is refused and nothing written."""

from dataclasses import replace

import pytest

from smilero_sdk.roles import Lent
from tests.access.requests import request_for
from tests.access.rights import HELPERS_OWN, LENT_TO_LOOK, LENT_TO_WORK, RIGHTS
from tests.access.scene import Scene, reads, send
from tests.access.subjects import subjects
from tests.access.test_matrix import written
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.faces import SESSION

pytestmark = pytest.mark.suite("A2")

# What has no session behind it, or is anybody's, is as it is for anybody.
OWN = [name for name, one in subjects().items() if not one.is_api and "anonymous" not in RIGHTS[name].may]
LENT = {Lent.LOOK: LENT_TO_LOOK | HELPERS_OWN, Lent.WORK: LENT_TO_WORK | HELPERS_OWN}


def test_what_is_lent_is_a_merchants(looked_at: LookedAt) -> None:
    looked_at("addresses", OWN)
    looked_at("lent to look", sorted(LENT_TO_LOOK))
    looked_at("lent to work", sorted(LENT_TO_WORK))
    assert all("merchant" in RIGHTS[name].may for name in LENT_TO_WORK)
    assert set(OWN) >= HELPERS_OWN | LENT_TO_WORK


@pytest.mark.parametrize("limits", LENT)
@pytest.mark.parametrize("name", OWN)
async def test_lent(site: Site, scenes: tuple[Scene, Scene], name: str, limits: Lent) -> None:
    ours, theirs = scenes
    subject, ask = subjects()[name], await request_for(subjects()[name], ours, "merchant")
    session, person = await ours.helping(limits)
    if "{helping_id}" in name:
        ask = replace(ask, ids={**ask.ids, "helping_id": await ours.leave(person, "other merchant")})
    before = await written(site)
    answer = await send(
        ours, ask, (subject.method, subject.path), host=ours.foundation.host, credentials={"Cookie": f"{SESSION}={session}"}
    )
    assert not reads(answer, theirs, ask)
    if name in LENT[limits]:
        assert answer.outcome == "done", answer
    else:
        assert answer.outcome == "forbidden", answer
        assert await written(site) == before
