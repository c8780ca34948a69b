"""An outside login opens an account only after its phone has said so, once; a mail, a name or a number never does."""

import re
from http import HTTPStatus

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.personal import PersonalData
from tests.support.faces import SESSION, Town, sentence
from tests.support.outside import Trip, add_provider, link, outcome
from tests.support.rogue import SECRET, Behaviour

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


@pytest.mark.parametrize("callback", ["the platform's", "its own"])
async def test_both_callbacks_lead_home(town: Town, trip: Trip, callback: str) -> None:
    host = "localhost"
    if callback == "its own":
        issuer = trip.rogue.url.replace("127.0.0.1", "localhost")
        trip = Trip(town, trip.rogue, await add_provider(town, issuer, own_callback=True), town.guest())
        trip.rogue.behaviour = Behaviour(discovery={"issuer": issuer}, claims={"iss": issuer})
        host = town.foundation.host
    assert (await link(trip, "one", PHONE)).headers["location"] == "/portal"
    assert trip.query["redirect_uri"] == f"http://{host}/sign-in/callback"
    assert trip.query["code_challenge_method"] == "S256"
    assert {"code_challenge", "nonce", "state"} <= trip.query.keys()
    assert outcome(await (await again(trip)).all_the_way("one")) == "in"


async def test_a_mail_or_a_number_that_the_provider_names_opens_nothing(trip: Trip) -> None:
    trip.rogue.behaviour = Behaviour(claims={"email": "she@example.com", "email_verified": True, "phone_number": PHONE, "name": "her"})
    assert outcome(await trip.all_the_way("stranger")) == "unknown"
    assert SESSION not in trip.guest.cookies


async def test_no_is_an_answer_and_nothing_is_linked(trip: Trip) -> None:
    assert outcome(await trip.all_the_way("one")) == "unknown"
    await sign_in_by_phone(trip)
    page = await trip.guest.get("/sign-in/connect")
    assert "Rogue 로그인을 연결할까요?" in sentence(page)
    assert "Rogue 이름: Hong" in sentence(page)
    assert (await trip.guest.post("/sign-in/connect", {"answer": "no"})).headers["location"] == "/portal"
    # Asked once.
    assert (await trip.guest.get("/sign-in/connect")).headers["location"] == "/portal"
    assert await count(trip.town, "outside_login") == 0


async def test_a_session_that_was_open_before_proves_nothing(trip: Trip) -> None:
    """Somebody else's login, made in a browser that was left open, is not linked to who had left it."""
    merchant = await trip.town.signed_in("merchant")
    trip.guest.cookies |= merchant.cookies
    assert outcome(await trip.all_the_way("thief")) == "unknown"
    assert (await trip.guest.get("/sign-in/connect")).headers["location"] == "/portal"
    await trip.guest.post("/sign-in/connect", {"answer": "yes"})
    assert await count(trip.town, "outside_login") == 0
    await sign_in_by_phone(trip)
    await trip.guest.post("/sign-in/connect", {"answer": "yes"})
    assert await count(trip.town, "outside_login") == 1


async def test_a_proof_of_another_browser_or_too_old_is_not_asked_about(trip: Trip) -> None:
    assert outcome(await trip.all_the_way("one")) == "unknown"
    other = await again(trip)
    await sign_in_by_phone(other)
    await other.guest.post("/sign-in/connect", {"answer": "yes"})
    await sign_in_by_phone(trip)
    await trip.town.site.admin.execute("update core.outside_attempt set expires_at = now() where tenant_id = $1", trip.town.foundation.id)
    await trip.guest.post("/sign-in/connect", {"answer": "yes"})
    assert await count(trip.town, "outside_login") == 0


async def test_a_login_that_is_somebodys_is_nobody_elses(trip: Trip) -> None:
    """Proved twice before it was linked once: whoever is second gets nothing."""
    other = await again(trip)
    assert outcome(await trip.all_the_way("one")) == outcome(await other.all_the_way("one")) == "unknown"
    await sign_in_by_phone(trip)
    await trip.guest.post("/sign-in/connect", {"answer": "yes"})
    await sign_in_by_phone(other, "010-1111-0005")
    await other.guest.post("/sign-in/connect", {"answer": "yes"})
    rows = await trip.town.site.admin.fetch("select person_id from core.outside_login where tenant_id = $1", trip.town.foundation.id)
    assert [row[0] for row in rows] == [trip.town.foundation.people["merchant"]]


@pytest.mark.parametrize("page", ["/portal/sessions", "/sessions"])
async def test_she_sees_her_logins_and_unlinks_them(trip: Trip, page: str) -> None:
    who = "merchant" if page.startswith("/portal") else "customer"
    number = list(trip.town.foundation.people).index(who)
    await link(trip, "one", f"010-1111-{number:04d}")
    found = re.search(rf'action="({page}/logins/[^"]+/unlink)"', (await trip.guest.get(page)).text)
    assert found
    stranger = await trip.town.signed_in("clerk" if who == "merchant" else "customer")
    if who == "merchant":
        assert (await stranger.post(found[1])).status_code == HTTPStatus.NOT_FOUND
    assert (await trip.guest.post(found[1])).headers["location"] == page
    assert "연결 끊기" not in (await trip.guest.get(page)).text
    assert outcome(await (await again(trip)).all_the_way("one")) == "unknown"
    told = await trip.town.site.admin.fetch(
        "select sentence from core.audit_entry where tenant_id = $1 and sentence like 'identity.audit.outside%' order by id",
        trip.town.foundation.id,
    )
    assert [row[0] for row in told] == ["identity.audit.outside_linked", "identity.audit.outside_unlinked"]


async def test_who_is_erased_has_no_login_and_who_asks_is_told_of_it(trip: Trip) -> None:
    await link(trip, "subject-of-hers", PHONE)
    town, person = trip.town, trip.town.foundation.people["merchant"]
    async with town.site.database.unit(town.foundation.id) as unit:
        data = PersonalData(Session(unit), town.foundation.id, town.vault)
        sections = {section.title: section.rows for section in await data.sections(person)}
        assert [(row["provider"], row["subject"]) for row in sections["person.outside_logins"]] == [("Rogue", "subject-of-hers")]
        await data.erase(person)
    assert await count(town, "outside_login") == 0
    assert outcome(await (await again(trip)).all_the_way("subject-of-hers")) == "unknown"


async def test_a_provider_that_is_off_has_no_button_and_lets_nobody_in(trip: Trip) -> None:
    await link(trip, "one", PHONE)
    other = await again(trip)
    assert f"/sign-in/with/{trip.provider_id}" in (await other.guest.get("/sign-in")).text
    await other.begin()
    await trip.town.site.admin.execute("update core.outside_provider set enabled = false where id = $1", trip.provider_id)
    answer = await other.home(await other.come_back({"state": other.state, "code": other.rogue.approve(other.query, "one")}))
    assert outcome(answer) == "off"
    assert (await other.guest.get(f"/sign-in/with/{trip.provider_id}")).status_code == HTTPStatus.NOT_FOUND
    assert "/sign-in/with/" not in (await other.guest.get("/sign-in")).text


async def test_nothing_of_a_login_is_in_clear(trip: Trip) -> None:
    await link(trip, "subject-of-hers", PHONE)
    rows = [
        dict(row)
        for table in ("outside_login", "outside_attempt", "outside_provider", "ticket")
        for row in await trip.town.site.admin.fetch(f"select * from core.{table} where tenant_id = $1", trip.town.foundation.id)  # noqa: S608 - the names above
    ]
    assert not [mark for mark in ("subject-of-hers", SECRET, trip.state) if mark in str(rows)]


async def sign_in_by_phone(trip: Trip, phone: str = PHONE) -> None:
    await trip.guest.post("/sign-in", {"phone": phone, "next": "/sign-in/connect"})
    await trip.guest.post("/sign-in/code", {"code": await trip.town.code_sent(), "next": "/sign-in/connect"})


async def count(town: Town, table: str) -> int:
    sql = f"select count(*) from core.{table} where tenant_id = $1"  # noqa: S608 - the tests' own names
    return int(await town.site.admin.fetchval(sql, town.foundation.id))
