"""The second factor of owners and staff: asked for everywhere, given by an app or by paper, guessed by nobody."""

import asyncio
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.factors import MOST_TRIES, RECOVERY_CODES, Factors, Verdict
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.sessions import open_session
from smilero_core.identity.totp import STEP_SECONDS, code_at, new_secret, step_of
from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_sdk.roles import Role
from smilero_web.settings import Environment, WebSettings
from tests.conftest import LookedAt
from tests.faces.test_onboarding import invited
from tests.support.faces import SESSION, Guest, Town, page_routes, sentence
from tests.support.factors import CONSOLE, FACTOR, App, app_of, give, half_in, inside, paper_in, paper_of, secret_in, setup_in
from tests.support.web import DEMO, running_server

OWNER = "010-1111-0000"
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
ON = HTTPStatus.SEE_OTHER


async def audited(town: Town) -> list[str]:
    """Which sentences about factors are on record."""
    rows = await town.site.admin.fetch(
        "select sentence from core.audit_entry where tenant_id = $1 and sentence like 'identity.audit.factor.%' order by id",
        town.foundation.id,
    )
    return [row["sentence"].removeprefix("identity.audit.factor.") for row in rows]


async def age(town: Town, guest: Guest, minutes: int) -> None:
    """Let a session's second factor have been given so long ago."""
    await town.site.admin.execute(
        "update core.session set factor_at = now() - make_interval(mins => $2) where token_hash = sha256($1::bytea)",
        guest.cookies[SESSION].encode(),
        minutes,
    )


async def test_without_a_factor_no_page_and_no_command_of_the_console_is_open(town: Town, looked_at: LookedAt) -> None:
    routes = [one for one in page_routes() if one.path.startswith("/console")]
    looked_at("pages and commands of the console", [f"{one.method} {one.path}" for one in routes])
    assert len([one for one in routes if one.method == "POST"]) >= 15
    before = await town.site.admin.fetchval("select count(*) from core.audit_entry where tenant_id = $1", town.foundation.id)
    for who in ("owner", "staff"):
        guest = await half_in(town, who)
        for one in routes:
            path = one.at({name: "coupons" if name == "name" else uuid4() for name in one.takes})
            # Most commands want a key; the export takes nothing that it does not know.
            key = None if one.path.endswith("/export") else str(uuid4())
            answer = await (guest.get(path) if one.method == "GET" else guest.post(path, {"plugin": "core"}, key=key))
            assert answer.status_code == ON, (one, answer.status_code, answer.text[:200])
            assert answer.headers["location"].startswith(f"{FACTOR}?next="), one
    assert await town.site.admin.fetchval("select count(*) from core.audit_entry where tenant_id = $1", town.foundation.id) == before
    assert await inside(await town.signed_in("owner"))


async def test_the_first_sign_in_leads_through_setting_one_up(town: Town) -> None:
    guest = town.guest()
    await town.ask_code(guest, OWNER)
    assert (await guest.post("/sign-in/code", {"code": await town.code_sent()})).headers["location"] == "/console"
    path = (await guest.get("/console")).headers["location"]
    assert path == f"{FACTOR}?next=%2Fconsole"
    path = (await guest.get(path)).headers["location"]
    assert path == f"{FACTOR}/setup?next=%2Fconsole"
    assert "인증 앱으로 하기" in (await guest.get(path)).text
    page = await guest.get(f"{FACTOR}/app?next=/console")
    app, form = App(secret_in(page)), setup_in(page)
    wrong = await guest.post(f"{FACTOR}/app", {**form, "code": app.wrong()})
    assert (wrong.status_code, secret_in(wrong)) == (REFUSED, app.secret)
    assert not await inside(guest)
    code = app.code()
    codes = await guest.post(f"{FACTOR}/app", form | {"code": code})
    assert len(set(paper_in(codes))) == RECOVERY_CODES
    assert await inside(guest)
    assert await audited(town) == ["app"]
    # The code that set it up is used.
    assert "이미 쓴 번호" in sentence(await give(await half_in(town, "owner"), code))
    stored = await town.site.admin.fetch(
        "select row_to_json(r)::text as r from core.recovery_code r union all select row_to_json(f)::text from core.second_factor f"
    )
    assert not [row for row in stored for told in (*paper_in(codes), app.secret) if told.replace("-", "") in row["r"].replace("-", "")]


async def test_a_secret_of_another_session_sets_nothing_up(town: Town) -> None:
    page = await (await half_in(town, "staff")).get(f"{FACTOR}/app")
    guest = await half_in(town, "owner")
    answer = await guest.post(f"{FACTOR}/app", setup_in(page))
    assert (answer.status_code, await inside(guest)) == (REFUSED, False)
    own = await guest.post(f"{FACTOR}/app", setup_in(await guest.get(f"{FACTOR}/app")))
    assert (own.status_code, await inside(guest)) == (HTTPStatus.OK, True)


async def test_the_code_of_the_app_opens_the_console_once(town: Town) -> None:
    app, guest, other = await app_of(town, "owner"), await half_in(town, "owner"), await half_in(town, "owner", process=1)
    page = await guest.get(f"{FACTOR}?next={CONSOLE}")
    assert "데모" not in page.text
    assert app.code() not in page.text
    code = app.code()
    answer = await give(guest, code)
    assert (answer.status_code, answer.headers["location"]) == (ON, CONSOLE)
    assert await inside(guest)
    again = await give(other, code)
    assert (again.status_code, await inside(other)) == (REFUSED, False)
    assert "이미 쓴 번호" in sentence(again)


async def test_one_code_sixteen_times_at_once_lets_one_in(town: Town) -> None:
    app = await app_of(town, "staff")
    guests = [await half_in(town, "staff", process=number % 2) for number in range(16)]
    code = app.code()
    answers = await asyncio.gather(*(give(guest, code) for guest in guests))
    assert sorted(answer.status_code for answer in answers) == [ON] + [REFUSED] * 15
    assert [await inside(guest) for guest in guests].count(True) == 1


async def test_five_wrong_tries_are_the_last_for_a_while(town: Town) -> None:
    app, guest = await app_of(town, "owner"), await half_in(town, "owner")
    for left in range(MOST_TRIES - 1, 0, -1):
        assert f"{left}번 더" in sentence(await give(guest, app.wrong()))
    for _ in range(2):
        assert "15분" in sentence(await give(guest, app.wrong()))
    fresh = await half_in(town, "owner", process=1)
    assert "15분" in sentence(await give(fresh, app.code()))
    assert not await inside(fresh)
    assert await audited(town) == ["spent"]
    await town.site.admin.execute(
        "update core.second_factor set tries_since = now() - interval '16 minutes' where tenant_id = $1", town.foundation.id
    )
    assert (await give(fresh, app.code())).status_code == ON


async def test_tries_on_paper_and_in_the_app_are_counted_together(town: Town) -> None:
    app, guest, paper = await app_of(town, "owner"), await half_in(town, "owner"), await paper_of(town, "owner")
    for number in range(MOST_TRIES):
        await (give(guest, app.wrong()) if number % 2 else guest.post(f"{FACTOR}/recovery", {"code": "WRONG"}))
    assert "15분" in sentence(await guest.post(f"{FACTOR}/recovery", {"code": paper[0]}))
    assert not await inside(guest)


@pytest.mark.parametrize(("step", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_clock_may_be_one_step_wrong(town: Town, step: int, good: bool) -> None:  # noqa: FBT001 - the case
    secret, now = new_secret(), datetime.fromtimestamp(50_000_000 * STEP_SECONDS + 29, UTC)
    async with town.site.database.unit(town.foundation.id) as unit:
        factors = Factors(Session(unit), town.foundation.id, town.vault)
        person = town.foundation.people["owner"]
        await factors.set_app(person, secret, 0)
        tried = await factors.try_code(person, code_at(secret, step_of(now) + step), now)
        assert tried.verdict is (Verdict.RIGHT if good else Verdict.WRONG)
        earlier = await factors.try_code(person, code_at(secret, step_of(now) - 1), now)
        assert earlier.verdict is (Verdict.USED if good else Verdict.RIGHT)


async def test_a_code_on_paper_is_good_once(town: Town) -> None:
    await app_of(town, "owner")
    paper, guest, other = await paper_of(town, "owner"), await half_in(town, "owner"), await half_in(town, "owner")
    answer = await guest.post(f"{FACTOR}/recovery", {"code": f" {paper[3].lower().replace('-', ' ')} "})
    assert (answer.status_code, answer.headers["location"]) == (ON, "/console/factors?done=recovered")
    assert "가운데 9개" in (await guest.get("/console/factors")).text
    again = await other.post(f"{FACTOR}/recovery", {"code": paper[3]})
    assert (again.status_code, await inside(other)) == (REFUSED, False)
    assert (await other.post(f"{FACTOR}/recovery", {"code": paper[4]})).status_code == ON
    assert await audited(town) == ["recovery_used", "recovery_used"]


async def test_whoever_becomes_staff_is_asked_for_a_factor_and_keeps_the_portal(town: Town) -> None:
    guest = await half_in(town, "merchant")
    assert (await guest.get("/console")).status_code == HTTPStatus.FORBIDDEN
    assert (await guest.get(FACTOR)).status_code == HTTPStatus.FORBIDDEN
    async with town.site.database.unit(town.foundation.id) as unit:
        await People(Session(unit), town.foundation.id, town.vault).ensure([NewPerson("010-1111-0003", "", ((Role.STAFF, None),))])
    assert (await guest.get("/console/shops")).headers["location"].startswith(FACTOR)
    assert (await guest.get("/portal")).status_code == HTTPStatus.OK
    app = await app_of(town, "merchant")
    await give(guest, app.code())
    assert await inside(guest)
    assert (await guest.get("/portal")).status_code == HTTPStatus.OK


async def test_no_way_in_gives_the_second_factor_by_itself(town: Town) -> None:
    async with town.site.database.unit(town.foundation.id) as unit:
        new = NewPerson("010-2222-7777", "", ((Role.STAFF, None),))
        await People(Session(unit), town.foundation.id, town.vault).ensure([new])
    by_code, by_link, by_invitation = town.guest(), town.guest(), town.guest()
    await town.ask_code(by_code, new.phone)
    await by_code.post("/sign-in/code", {"code": await town.code_sent()})
    await town.ask_code(by_link, new.phone)
    messages = await SecurityMessages(town.site.database, town.vault, NoChannel()).latest(town.foundation.id, 1)
    await by_link.post("/sign-in/link/" + messages[0].body.partition("/sign-in/link/")[2].split()[0])
    await by_invitation.post(await invited(town, await town.signed_in("staff"), phone=new.phone))
    for guest in (by_code, by_link, by_invitation):
        assert guest.cookies[SESSION]
        assert not await inside(guest)


@pytest.mark.parametrize("path", ["/app/remove", "/codes", "/passkeys/options", "/passkeys"])
async def test_changing_factors_needs_a_fresh_one(town: Town, path: str) -> None:
    await app_of(town, "owner")
    guest = await town.signed_in("owner")
    await age(town, guest, 11)
    assert await inside(guest)
    for page in ("/setup", "/app"):
        assert (await guest.get(FACTOR + page)).headers["location"].startswith(f"{FACTOR}?next=")
    answer = await guest.post(FACTOR + path, {"credential": "{}"})
    assert (answer.status_code, answer.headers["location"][: len(FACTOR) + 1]) == (ON, f"{FACTOR}?")
    assert await audited(town) == []
    await age(town, guest, 9)
    assert (await guest.get(f"{FACTOR}/setup")).status_code == HTTPStatus.OK


async def test_a_change_ends_the_other_sessions_and_the_last_factor_stays(town: Town) -> None:
    await app_of(town, "owner")
    guest, elsewhere, staff = await town.signed_in("owner"), await town.signed_in("owner", process=1), await town.signed_in("staff")
    kept = await guest.post(f"{FACTOR}/app/remove")
    assert (kept.status_code, await inside(elsewhere)) == (HTTPStatus.CONFLICT, True)
    codes = await guest.post(f"{FACTOR}/codes")
    assert len(paper_in(codes)) == RECOVERY_CODES
    assert (await inside(guest), await inside(elsewhere), await inside(staff)) == (True, False, True)
    assert await audited(town) == ["codes"]


async def test_an_owner_takes_the_lost_factor_of_staff_away(town: Town) -> None:
    await app_of(town, "staff")
    owner, staff, people = await town.signed_in("owner"), await town.signed_in("staff"), town.foundation.people
    path = f"/console/factors/people/{people['staff']}/reset"
    assert (await staff.post(path, {"reason": "x"})).status_code == HTTPStatus.FORBIDDEN
    assert (await owner.post(f"/console/factors/people/{people['owner']}/reset", {"reason": "x"})).status_code == HTTPStatus.CONFLICT
    assert (await owner.post(f"/console/factors/people/{people['merchant']}/reset", {"reason": "x"})).status_code == HTTPStatus.NOT_FOUND
    assert path in (await owner.get("/console/factors/people")).text
    assert (await owner.post(path, {"reason": "  "})).status_code == REFUSED
    await age(town, owner, 11)
    assert (await owner.post(path, {"reason": "새 전화기"})).headers["location"].startswith(FACTOR)
    assert await inside(staff)
    await age(town, owner, 1)
    assert (await owner.post(path, {"reason": "새 전화기"})).headers["location"] == "/console/factors/people?done=reset"
    assert not await inside(staff)
    assert (await (await half_in(town, "staff")).get(FACTOR)).headers["location"].startswith(f"{FACTOR}/setup")
    assert await audited(town) == ["reset.staff"]
    assert "새 전화기" in (await owner.get("/console/audit?plugin=core")).text


@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example/", "/\\evil.example", ""])
async def test_the_way_on_stays_inside(town: Town, outside: str) -> None:
    app, guest = await app_of(town, "owner"), await half_in(town, "owner")
    assert "evil" not in (await guest.get(FACTOR, params={"next": outside})).text
    assert (await give(guest, app.code(), outside)).headers["location"] == "/console"


async def test_the_demo_alone_shows_the_code(town: Town) -> None:
    assert [one for one in Environment if WebSettings(env=one).demo] == [Environment.DEMO]
    await app_of(town, "owner")
    site = town.site
    async with running_server(site.settings, site.redis_url, DEMO, SMILERO_ENV="demo") as demo:
        for _ in range(2):
            guest, real = await half_in(town, "owner"), await half_in(town, "owner")
            guest.url = demo.url
            shown = sentence(await guest.get(FACTOR)).partition("데모: 지금 코드 ")[2][:6]
            assert shown.isdigit()
            page = (await real.get(FACTOR)).text
            assert shown not in page
            assert "데모" not in page
            assert (await give(guest, shown)).status_code == ON
    assert "데모" not in (await give(await half_in(town, "owner"), "000000")).text


async def test_a_session_that_was_opened_with_a_factor_has_it_alone(town: Town) -> None:
    async with town.site.database.unit(town.foundation.id) as unit:
        tokens = [await open_session(Session(unit), town.foundation.people["owner"], factor=given) for given in (True, False)]
    guests = [town.guest(), town.guest()]
    for guest, token in zip(guests, tokens, strict=True):
        guest.cookies[SESSION] = token
    assert [await inside(guest) for guest in guests] == [True, False]
