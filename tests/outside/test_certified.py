"""The whole way over HTTP with a provider that others have certified, and that PKCE is not for show there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus

import pytest
from httpx2 import AsyncClient

from smilero_core.db.session import Session
from smilero_core.identity.outside.kinds import Kind
from smilero_core.identity.outside.providers import Choice, Providers
from tests.support.certified import CLIENT, SECRET, Certified, running_certified
from tests.support.faces import Town, sentence
from tests.support.outside import Trip, outcome
from tests.support.rogue import Rogue

CALLBACK = "http://localhost/sign-in/callback"


@pytest.fixture(scope="session")
async def certified() -> AsyncIterator[Certified]:
    async with running_certified([CALLBACK]) as running:
        yield running


@pytest.fixture
async def trip(town: Town, rogue: Rogue, certified: Certified) -> Trip:
    async with town.site.database.unit(town.foundation.id) as unit:
        choice = Choice("Certified", SECRET, own_callback=False, enabled=True)
        made = await Providers(Session(unit), town.foundation.id, town.vault).add(Kind.OIDC, certified.issuer, CLIENT, choice)
    return Trip(town, rogue, made, town.guest())


async def test_there_and_home_again(trip: Trip, certified: Certified) -> None:
    there = await trip.begin("/portal/shops")
    told = await certified.approve(there.headers["location"], "soonja")
    # RFC 9207: it names itself, and we look.
    assert told["iss"] == certified.issuer
    assert outcome(await trip.home(await trip.come_back(told))) == "unknown"
    await trip.guest.post("/sign-in", {"phone": "010-1111-0003", "next": "/sign-in/connect"})
    await trip.guest.post("/sign-in/code", {"code": await trip.town.code_sent(), "next": "/sign-in/connect"})
    assert "Certified 이름: Certified soonja" in sentence(await trip.guest.get("/sign-in/connect"))
    assert (await trip.guest.post("/sign-in/connect", {"answer": "yes"})).headers["location"] == "/portal/shops"

    again = replace(trip, guest=trip.town.guest(process=1), query={})
    there = await again.begin()
    told = await certified.approve(there.headers["location"], "soonja")
    assert outcome(await again.home(await again.come_back({**told, "iss": "http://127.0.0.1:1"}))) == "forged"
    there = await again.begin()
    told = await certified.approve(there.headers["location"], "soonja")
    assert outcome(await again.home(await again.come_back({name: told[name] for name in ("state", "code")}))) == "forged"
    there = await again.begin()
    told = await certified.approve(there.headers["location"], "soonja")
    assert outcome(await again.home(await again.come_back(told))) == "in"


@pytest.mark.suite("B3")
@pytest.mark.parametrize("verifier", [None, "another" * 8])
async def test_a_stolen_code_is_worth_nothing_without_our_verifier(trip: Trip, certified: Certified, verifier: str | None) -> None:
    there = await trip.begin()
    told = await certified.approve(there.headers["location"], "soonja")
    form = {"grant_type": "authorization_code", "code": told["code"], "redirect_uri": CALLBACK, "code_verifier": verifier}
    async with AsyncClient(trust_env=False) as http:
        sent = {name: value for name, value in form.items() if value is not None}
        answer = await http.post(f"{certified.issuer}/token", data=sent, auth=(CLIENT, SECRET))
    assert (answer.status_code, answer.json()["error"]) == (HTTPStatus.BAD_REQUEST, "invalid_grant")
    there = await trip.begin()
    told = await certified.approve(there.headers["location"], "soonja")
    assert outcome(await trip.home(await trip.come_back(told))) == "unknown"
