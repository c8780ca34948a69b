"""An outside login opens an account only after its phone has said so, once; a mail, a name or a number never does."""

from http import HTTPStatus

import pytest

from tests.support.faces import Town
from tests.support.outside import Trip, add_provider, link, outcome
from tests.support.rogue import Behaviour

PHONE = "010-1111-0003"  # the cast's merchant


async def again(trip: Trip) -> Trip:
    """The same provider from a browser that nobody has used."""
    return Trip(trip.town, trip.rogue, trip.provider_id, trip.town.guest(process=1))


async def test_the_first_time_asks_for_the_phone_and_the_next_goes_in_at_once(trip: Trip) -> None:
    assert (await link(trip, "one", PHONE)).headers["location"] == "/portal"
    assert (await trip.guest.get("/portal")).status_code == HTTPStatus.OK
    other = await again(trip)
    answer = await other.all_the_way("one", "/portal/shops")
    assert (outcome(answer), answer.headers["location"]) == ("in", "/portal/shops")
    assert (await other.guest.get("/portal")).status_code == HTTPStatus.OK
    assert outcome(await (await again(trip)).all_the_way("two")) == "unknown"


@pytest.mark.parametrize("own", [False, True])
async def test_both_callbacks_lead_home(town: Town, trip: Trip, *, own: bool) -> None:
    if own:
        trip = Trip(town, trip.rogue, await add_provider(town, trip.rogue.url, own_callback=True, client_id="own"), town.guest())
        trip.rogue.behaviour = Behaviour()
    await trip.begin()
    host = town.foundation.host if own else "localhost"
    assert trip.query["redirect_uri"] == f"http://{host}/sign-in/callback"
    assert trip.query["code_challenge_method"] == "S256"
    assert {"code_challenge", "nonce", "state"} <= trip.query.keys()
