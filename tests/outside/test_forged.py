"""B3: forged tokens and abused callbacks, each beside the sound one that differs from it in one thing only."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.tickets import Tickets
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.faces import SESSION, Guest, Town, new_town
from tests.support.outside import BROWSER, Trip, add_provider, link, outcome
from tests.support.rogue import CLIENT, Behaviour, Claims, Rogue, signed

pytestmark = pytest.mark.suite("B3")

PHONE, SUBJECT = "010-1111-0003", "one"
NOW = int(time.time())


def unsigned(_: Rogue, header: Claims, claims: Claims) -> str:
    return ".".join([*(encoded(json.dumps(part).encode()) for part in (header, claims)), ""])


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def by_public_key(rogue: Rogue, header: Claims, claims: Claims) -> str:
    """HS256 with the text of the public key for a secret: who takes the algorithm from the header takes this."""
    told = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    # By hand: joserfc takes no public key for a secret.
    return f"{told}.{encoded(hmac.digest(rogue.public_pem, told.encode(), 'sha256'))}"


def by_stranger(rogue: Rogue, header: Claims, claims: Claims) -> str:
    return signed(header, claims, rogue.stranger)


def with_own_key(rogue: Rogue, header: Claims, claims: Claims) -> str:
    return signed({**header, "jwk": rogue.stranger.as_dict(private=False)}, claims, rogue.stranger)


def altered(rogue: Rogue, header: Claims, claims: Claims) -> str:
    """Signed, and then of somebody else."""
    head, _, signature = signed(header, {**claims, "sub": "another"}, rogue.keys["RS256"]).split(".")
    return ".".join([head, encoded(json.dumps(claims).encode()), signature])


# What the provider does, and the code with which the person is back. The token is sound in all but one thing.
FORGED: Mapping[str, tuple[Behaviour, str]] = {
    "wrong nonce": (Behaviour(claims={"nonce": "another"}), "forged"),
    "no nonce": (Behaviour(claims={"nonce": None}), "forged"),
    "wrong issuer": (Behaviour(claims={"iss": "https://accounts.example"}), "forged"),
    "no issuer": (Behaviour(claims={"iss": None}), "forged"),
    "wrong audience": (Behaviour(claims={"aud": "another"}), "forged"),
    "no audience": (Behaviour(claims={"aud": None}), "forged"),
    "extra audience without azp": (Behaviour(claims={"aud": [CLIENT, "another"]}), "forged"),
    "another's azp": (Behaviour(claims={"azp": "another"}), "forged"),
    "expired": (Behaviour(claims={"exp": NOW - 3600}), "forged"),
    "no exp": (Behaviour(claims={"exp": None}), "forged"),
    "exp that is no number": (Behaviour(claims={"exp": "never"}), "forged"),
    "not yet valid": (Behaviour(claims={"nbf": NOW + 3600}), "forged"),
    "issued tomorrow": (Behaviour(claims={"iat": NOW + 86_400}), "forged"),
    "issued yesterday": (Behaviour(claims={"iat": NOW - 86_400}), "forged"),
    "no iat": (Behaviour(claims={"iat": None}), "forged"),
    "no subject": (Behaviour(claims={"sub": None}), "forged"),
    "subject that is no text": (Behaviour(claims={"sub": [SUBJECT]}), "forged"),
    "alg none": (Behaviour(header={"alg": "none"}, sign=unsigned), "forged"),
    "alg none without a key's name": (Behaviour(header={"alg": "None", "kid": None}, sign=unsigned), "forged"),
    "HS256 by the public key": (Behaviour(header={"alg": "HS256"}, sign=by_public_key), "forged"),
    "its own key in the header": (Behaviour(sign=with_own_key), "forged"),
    "jku in the header": (Behaviour(header={"jku": "https://evil.example/jwks"}, sign=by_stranger), "forged"),
    "unknown kid": (Behaviour(header={"kid": "another"}, sign=by_stranger), "forged"),
    "no kid among several keys": (Behaviour(header={"kid": None}, sign=by_stranger), "forged"),
    "crit": (Behaviour(header={"crit": ["kid"]}), "forged"),
    "other key": (Behaviour(sign=by_stranger), "forged"),
    "altered": (Behaviour(sign=altered), "forged"),
    "algorithm that was not announced": (
        Behaviour(key="ES256", discovery={"id_token_signing_alg_values_supported": ["RS256"]}),
        "forged",
    ),
    "id_token missing": (Behaviour(answer={"id_token": None}), "forged"),
    "id_token that is none": (Behaviour(answer={"id_token": "a.b.c"}), "forged"),
    "userinfo of another subject": (Behaviour(userinfo={"sub": "another"}), "forged"),
    "userinfo of nobody": (Behaviour(userinfo={"sub": None}), "forged"),
    "ten megabytes of token": (Behaviour(huge="/token"), "down"),
    "ten megabytes of keys": (Behaviour(huge="/jwks"), "down"),
    "ten megabytes of userinfo": (Behaviour(huge="/userinfo"), "down"),
    "no access token": (Behaviour(answer={"access_token": None}), "down"),
}
# And what is sound, though it may look odd.
SOUND: Mapping[str, Behaviour] = {
    "plain": Behaviour(),
    "ES256": Behaviour(key="ES256"),
    "EdDSA": Behaviour(key="EdDSA"),
    "several audiences with azp": Behaviour(claims={"aud": [CLIENT, "another"], "azp": CLIENT}),
    "a header that we do not know": Behaviour(header={"typ": "JWT", "x-odd": "1"}),
    "jku of an honest provider": Behaviour(header={"jku": "https://evil.example/jwks"}),
    "a name in the token": Behaviour(claims={"name": "Hong"}, userinfo={"sub": "never asked"}),
}


@pytest.fixture
async def linked(trip: Trip) -> Trip:
    """Somebody new to the browser whose login is linked: with a sound answer she is in."""
    await link(trip, SUBJECT, PHONE)
    return replace(trip, guest=trip.town.guest(process=1), query={})


async def sessions(trip: Trip) -> int:
    return int(await trip.town.site.admin.fetchval("select count(*) from core.session where tenant_id = $1", trip.town.foundation.id))


def behave(trip: Trip, behaviour: Behaviour) -> Trip:
    """What the provider announced is remembered by its issuer: with something else announced it needs another."""
    trip.rogue.behaviour = behaviour
    return trip


@pytest.mark.parametrize("case", FORGED)
async def test_a_forged_token_lets_nobody_in(linked: Trip, case: str) -> None:
    behaviour, told = FORGED[case]
    if behaviour.discovery:
        # What was announced is remembered for a while: this one announces it under another name.
        issuer = linked.rogue.url.replace("127.0.0.1", "localhost")
        behaviour = replace(behaviour, discovery={**behaviour.discovery, "issuer": issuer}, claims={"iss": issuer})
        linked = replace(linked, provider_id=await add_provider(linked.town, issuer))
        behave(linked, replace(behaviour, key="RS256"))
        await link(replace(linked, guest=linked.town.guest()), SUBJECT, PHONE)
    before = await sessions(linked)
    behave(linked, behaviour)
    answer = await linked.all_the_way(SUBJECT)
    assert outcome(answer) == told
    assert SESSION not in linked.guest.cookies
    assert await sessions(linked) == before
    behave(linked, Behaviour(claims={"iss": behaviour.claims["iss"]}) if behaviour.discovery else Behaviour())
    assert outcome(await linked.all_the_way(SUBJECT)) == "in"


@pytest.mark.parametrize("case", SOUND)
async def test_a_sound_token_lets_her_in(linked: Trip, case: str) -> None:
    behave(linked, SOUND[case])
    assert outcome(await linked.all_the_way(SUBJECT)) == "in"


Abuse = Callable[[Trip, Site], Coroutine[Any, Any, str]]


async def sound(trip: Trip, **changed: Any) -> dict[str, str]:  # noqa: ANN401 - parts of a query
    """What comes back after an approval, with parts changed; None takes one away."""
    await trip.begin()
    told = {"state": trip.state, "code": trip.rogue.approve(trip.query, SUBJECT)}
    return {name: str(value) for name, value in {**told, **changed}.items() if value is not None}


async def home(trip: Trip, told: Mapping[str, str], guest: Guest | None = None) -> str:
    return outcome(await trip.home(await trip.come_back(told, guest=guest), guest=guest))


async def wrong_state(trip: Trip, _: Site) -> str:
    told = await sound(trip)
    return await home(trip, {**told, "state": trip.state[:-4] + "AAAA"})


async def no_state(trip: Trip, _: Site) -> str:
    return await home(trip, await sound(trip, state=None))


async def state_of_nobody(trip: Trip, _: Site) -> str:
    return await home(trip, await sound(trip, state="rubbish"))


async def reused_state(trip: Trip, _: Site) -> str:
    told = await sound(trip)
    assert await home(trip, told) == "in"
    return await home(trip, {**told, "code": trip.rogue.approve(trip.query, SUBJECT)})


async def state_of_another_browser(trip: Trip, _: Site) -> str:
    """The oldest trick: the thief's answer, opened by the victim."""
    told = await sound(trip)
    victim = trip.town.guest()
    await replace(trip, guest=victim).begin()
    return await home(trip, told, victim)


async def state_without_a_cookie(trip: Trip, _: Site) -> str:
    return await home(trip, await sound(trip), trip.town.guest())


async def expired_state(trip: Trip, _: Site) -> str:
    told = await sound(trip)
    await trip.town.site.admin.execute("update core.outside_attempt set expires_at = now() where tenant_id = $1", trip.town.foundation.id)
    return await home(trip, told)


async def state_of_another_tenant(trip: Trip, site: Site) -> str:
    """Its own tenant's prefix before another's random part."""
    town = await new_town(site)
    other = Trip(town, trip.rogue, await add_provider(town, trip.rogue.url), town.guest())
    await other.begin()
    told = await sound(trip)
    return await home(trip, {**told, "state": f"{trip.state.partition('.')[0]}.{other.state.partition('.')[2]}"})


async def at_another_tenants_host(trip: Trip, site: Site) -> str:
    """The ticket and the cookie, taken to another foundation."""
    answer = await trip.come_back(await sound(trip))
    elsewhere = (await new_town(site)).guest()
    elsewhere.cookies = dict(trip.guest.cookies)
    return outcome(await elsewhere.get(answer.headers["location"].partition(trip.town.foundation.host)[2]))


async def platform_state_at_own_callback(trip: Trip, _: Site) -> str:
    told = await sound(trip)
    return outcome(await trip.guest.get("/sign-in/callback", params=told))


async def own_state_at_platform_callback(trip: Trip, _: Site) -> str:
    other = replace(trip, provider_id=await add_provider(trip.town, trip.rogue.url, own_callback=True, client_id="own"), query={})
    await other.begin()
    told = {"state": other.state, "code": "code"}
    return outcome(await Guest(trip.guest.http, trip.guest.url, "localhost").get("/sign-in/callback", params=told))


async def ticket_reused(trip: Trip, _: Site) -> str:
    answer = await trip.come_back(await sound(trip))
    assert outcome(await trip.home(answer)) == "in"
    return outcome(await trip.home(answer))


async def ticket_expired(trip: Trip, _: Site) -> str:
    answer = await trip.come_back(await sound(trip))
    await trip.town.site.admin.execute("update core.ticket set expires_at = now() where tenant_id = $1", trip.town.foundation.id)
    return outcome(await trip.home(answer))


async def ticket_of_another_purpose(trip: Trip, _: Site) -> str:
    told = await sound(trip)
    async with trip.town.site.database.unit(trip.town.foundation.id) as unit:
        ticket = await Tickets(Session(unit), trip.town.foundation.id, trip.town.vault).issue("another", {**told, "error": "", "iss": ""})
    return outcome(await trip.guest.get("/sign-in/back", params={"ticket": ticket}))


async def ticket_without_a_callback(trip: Trip, _: Site) -> str:
    """A ticket of the right purpose, for a state that never came to the platform's callback."""
    told = await sound(trip)
    async with trip.town.site.database.unit(trip.town.foundation.id) as unit:
        tickets = Tickets(Session(unit), trip.town.foundation.id, trip.town.vault)
        ticket = await tickets.issue("outside sign-in", {**told, "error": "", "iss": ""})
    return outcome(await trip.guest.get("/sign-in/back", params={"ticket": ticket}))


async def ticket_of_nobody(trip: Trip, _: Site) -> str:
    await sound(trip)
    return outcome(await trip.guest.get("/sign-in/back", params={"ticket": "rubbish"}))


async def verifier_of_another(trip: Trip, _: Site) -> str:
    """A code that was approved for another challenge: the provider does not take our verifier for it."""
    told = await sound(trip)
    stolen = trip.rogue.approve({**trip.query, "code_challenge": "another"}, SUBJECT)
    return await home(trip, {**told, "code": stolen})


async def code_of_another_sign_in(trip: Trip, _: Site) -> str:
    """Code injection where a provider does not look at the verifier: the nonce finds it."""
    trip.rogue.behaviour = Behaviour(checks=False)
    other = replace(trip, guest=trip.town.guest(), query={})
    stolen = await sound(other)
    return await home(trip, {**await sound(trip), "code": stolen["code"]})


async def code_reused(trip: Trip, _: Site) -> str:
    told = await sound(trip)
    assert await home(trip, told) == "in"
    return await home(trip, await sound(trip, code=told["code"]))


async def no_code(trip: Trip, _: Site) -> str:
    return await home(trip, await sound(trip, code=None))


async def another_issuer_answers(trip: Trip, _: Site) -> str:
    return await home(trip, await sound(trip, iss="https://evil.example"))


async def denied(trip: Trip, _: Site) -> str:
    return await home(trip, await sound(trip, code=None, error="access_denied"))


async def error_and_code(trip: Trip, _: Site) -> str:
    return await home(trip, await sound(trip, error="server_error"))


async def nothing_on_the_platform(trip: Trip, _: Site) -> str:
    return outcome(await Guest(trip.guest.http, trip.guest.url, "localhost").get("/sign-in/callback"))


async def nothing_at_home(trip: Trip, _: Site) -> str:
    return outcome(await trip.guest.get("/sign-in/callback"))


async def another_cookie(trip: Trip, _: Site) -> str:
    told = await sound(trip)
    trip.guest.cookies[BROWSER] = "another"
    return await home(trip, told)


BAD_REQUEST = "400 "
ABUSED: Mapping[Abuse, str] = {
    wrong_state: "expired",
    no_state: BAD_REQUEST,
    state_of_nobody: BAD_REQUEST,
    reused_state: "expired",
    state_of_another_browser: "expired",
    state_without_a_cookie: "expired",
    expired_state: "expired",
    state_of_another_tenant: "expired",
    at_another_tenants_host: "expired",
    platform_state_at_own_callback: "expired",
    own_state_at_platform_callback: "expired",
    ticket_reused: "expired",
    ticket_expired: "expired",
    ticket_of_another_purpose: "expired",
    ticket_without_a_callback: "expired",
    ticket_of_nobody: "expired",
    verifier_of_another: "forged",
    code_of_another_sign_in: "forged",
    code_reused: "forged",
    no_code: "forged",
    another_issuer_answers: "forged",
    denied: "denied",
    error_and_code: "down",
    nothing_on_the_platform: BAD_REQUEST,
    nothing_at_home: "expired",
    another_cookie: "expired",
}


@pytest.mark.parametrize("abuse", ABUSED, ids=lambda abuse: abuse.__name__)
async def test_an_abused_callback_lets_nobody_in(linked: Trip, site: Site, abuse: Abuse) -> None:
    # Those that go in once do so within the case, before they try again.
    twice: Mapping[Abuse, int] = {reused_state: 1, ticket_reused: 1, code_reused: 1}
    before, own = await sessions(linked), twice.get(abuse, 0)
    assert await abuse(linked, site) == ABUSED[abuse]
    assert await sessions(linked) == before + own
    behave(linked, Behaviour())
    assert outcome(await linked.all_the_way(SUBJECT)) == "in"


async def test_the_verifier_is_sent_and_is_another_each_time(linked: Trip) -> None:
    await linked.all_the_way(SUBJECT)
    await linked.all_the_way(SUBJECT)
    first, second = (one["code_verifier"] for one in linked.rogue.asked[-2:])
    assert first != second
    assert min(len(first), len(second)) >= 43


def test_there_are_as_many_as_there_were(looked_at: LookedAt) -> None:
    looked_at("forged tokens and answers of a provider", list(FORGED))
    looked_at("abused callbacks", [abuse.__name__ for abuse in ABUSED])
    looked_at("sound tokens beside them", list(SOUND))
    assert len(FORGED) + len(ABUSED) >= 62


@pytest.mark.parametrize("why", ["denied", "expired", "forged", "down", "off"])
async def test_the_sign_in_page_says_why_and_the_phone_remains(town: Town, why: str) -> None:
    page = await town.guest().get("/sign-in", params={"outside": why, "next": "/portal"})
    assert page.status_code == HTTPStatus.OK
    assert f"outside.{why}" in page.text
    assert 'role="alert"' in page.text
    assert 'name="phone"' in page.text
    assert 'role="alert"' not in (await town.guest().get("/sign-in", params={"outside": "<b>"})).text
