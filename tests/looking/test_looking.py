"""도와줘요: six digits, her 허락, and the foundation sees the same pages for fifteen minutes, changes nothing, and all is on record."""

from http import HTTPStatus
from uuid import uuid4

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.personal import PersonalData
from smilero_core.identity.retention import RULES
from smilero_core.identity.showing import STANDS
from tests.looking.showings import HERS, PAGE, THEIRS, Looking, ask_for_help, asked, code_of, give, log, looking
from tests.support.faces import Town, page_routes, sentence
from tests.support.streams import streaming

NEW_COUPON = {"value": "1000", "until": "week", "stock": "10"}
COUNTED = "(select count(*) from plugin_coupons.campaign), (select count(*) from core.audit_entry), (select count(*) from core.helper)"
# Hers alone, whoever looks.
HER_OWN = (HERS, "/portal/sessions", "/portal/me", "/portal/tokens", "/portal/helpers", "/portal/plugins", "/portal/helping")


async def test_she_reads_six_digits_and_the_foundation_sees_the_same(town: Town) -> None:
    merchant, staff = await town.signed_in("merchant"), await town.signed_in("staff", process=1)
    code = await ask_for_help(merchant)
    assert "재단에 이 번호를 불러 주세요" in sentence(await merchant.get(HERS))
    assert f'href="{THEIRS}"' in (await staff.get("/console/shops")).text
    # As people say it on the phone.
    assert (await give(staff, f" {code[:3]}-{code[3:]}")).headers["location"] == THEIRS
    assert "merchant 님의 허락을 기다리는 중" in sentence(await staff.get(THEIRS))
    question = sentence(await merchant.get(HERS))
    assert "staff 님이 지금 보시는 화면을 볼까요?" in question
    assert "재단 staff 님이 화면을 보려고 해요" in (await merchant.get("/portal")).text
    # Not yet.
    assert (await staff.get(PAGE)).status_code == HTTPStatus.FORBIDDEN

    showing = await town.site.admin.fetchval("select id from core.showing where tenant_id = $1", town.foundation.id)
    both = Looking(town, merchant, staff, showing)
    assert (await both.allow()).headers["location"] == PAGE
    for path in (PAGE, "/portal", "/portal/coupons/new", "/portal/search?q=zq"):
        hers, theirs = await merchant.get(path), await staff.get(path)
        assert (hers.status_code, theirs.status_code) == (HTTPStatus.OK, HTTPStatus.OK), path
        assert sentence(hers) == sentence(theirs), path
        assert "재단 staff 님이 보는 중" in hers.text
        assert "그만 보여 주기" in hers.text
        assert "merchant 님의 화면을 보는 중" in theirs.text
        assert "15분 남음" in theirs.text
        assert f'action="{THEIRS}/end"' in theirs.text
        assert "/sign-out" not in theirs.text
    # The console goes on as it was, under one's own name.
    assert "merchant 님의 화면을 보는 중" not in (await staff.get("/console/shops")).text
    assert f'href="{PAGE}"' in (await staff.get(THEIRS)).text

    assert (await both.stop()).headers["location"] == HERS
    assert (await staff.get(PAGE)).headers["location"] == THEIRS
    assert "merchant 님의 화면 보기가 끝났습니다" in sentence(await staff.get(THEIRS))
    assert "보여 주기가 끝났어요" in sentence(await merchant.get(HERS))
    assert "보는 중" not in (await merchant.get("/portal")).text
    assert await log(town) == [
        ("code", "merchant", ""),
        ("asked", "staff", "merchant"),
        ("allowed", "merchant", "staff"),
        ("seen", "staff", PAGE),
        ("seen", "staff", "/portal"),
        ("seen", "staff", "/portal/coupons/new"),
        ("seen", "staff", "/portal/search"),
        ("ended", "merchant", "staff"),
    ]
    told = (await (await town.signed_in("owner")).get(f"/console/audit?subject={showing}")).text
    assert f"merchant 님의 화면을 보았습니다: {PAGE}" in told
    # And nobody is shown a page of one's own in its place until one says so.
    assert (await staff.post(f"{THEIRS}/end")).headers["location"] == f"{THEIRS}?done=ended"
    assert (await staff.get("/portal")).status_code == HTTPStatus.FORBIDDEN


async def test_every_command_of_the_portal_is_refused_in_one_sentence(town: Town) -> None:
    both = await looking(town)
    commands = [one for one in page_routes() if one.method == "POST" and one.path.startswith("/portal")]
    assert len(commands) > 20
    counted = f"select {COUNTED}"
    before = await town.site.admin.fetchrow(counted)
    for one in commands:
        ids = {name: "example" if name in {"name", "field", "plugin"} else uuid4() for name in one.takes}
        refused = await both.staff.post(one.at(ids), NEW_COUPON, key=str(uuid4()))
        assert refused.status_code == HTTPStatus.FORBIDDEN, one.path
        assert "merchant 님의 화면은 보기만 할 수 있어요" in sentence(refused), one.path
    assert await town.site.admin.fetchrow(counted) == before
    # She herself goes on as before.
    assert (await both.merchant.post("/portal/coupons/campaigns", NEW_COUPON, key=str(uuid4()))).status_code == HTTPStatus.SEE_OTHER


async def test_what_is_her_own_stays_closed_and_is_not_on_record_as_seen(town: Town) -> None:
    both = await looking(town)
    for path in HER_OWN:
        closed = await both.staff.get(path)
        assert closed.status_code == HTTPStatus.FORBIDDEN, path
        assert "merchant" not in sentence(closed).replace("merchant 님만 볼 수 있어요", ""), path
    assert not [entry for entry in await log(town) if entry[0] == "seen"]


async def test_she_may_refuse_and_nothing_is_shown(town: Town) -> None:
    both = await asked(town)
    assert (await both.stop()).headers["location"] == HERS
    assert (await both.allow()).headers["location"] == HERS
    assert (await both.staff.get(PAGE)).status_code == HTTPStatus.FORBIDDEN
    assert [entry[0] for entry in await log(town)] == ["code", "asked", "refused"]


OVER = {
    "her tap": "",
    "their tap": "",
    "signed out": "",
    "late": "update core.showing set allowed_at = now() - interval '15 minutes', until = now() where tenant_id = $1",
    "her session": "update core.session s set ended_at = now() from core.showing w where s.id = w.session_id and w.tenant_id = $1",
    "her role": "update core.membership set ended_at = now() where tenant_id = $1 and role = 'merchant'",
    "their role": "update core.membership set ended_at = now() where tenant_id = $1 and role = 'staff'",
    "their right": """insert into core.permission_choice (tenant_id, id, role, permission, allowed)
                      values ($1, gen_random_uuid(), 'staff', 'screens.watch', false)""",
    "their session": "update core.session s set ended_at = now() from core.showing w where s.watching_id = w.id and w.tenant_id = $1",
    "their factor": "update core.session s set factor_at = null from core.showing w where s.watching_id = w.id and w.tenant_id = $1",
    "suspended": "update core.tenant set status = 'suspended' where id = $1",
}


@pytest.mark.parametrize("how", OVER)
async def test_what_it_stands_on_taken_away_is_felt_at_the_next_request(town: Town, how: str) -> None:
    both = await asked(town)
    made = await both.merchant.post("/portal/coupons/campaigns", NEW_COUPON, key=str(uuid4()))
    assert made.status_code == HTTPStatus.SEE_OTHER
    await both.allow()
    campaign = await town.site.admin.fetchval("select id from plugin_coupons.campaign where tenant_id = $1", town.foundation.id)
    assert (await both.staff.get(PAGE)).status_code == HTTPStatus.OK
    async with streaming(both.staff, f"{PAGE}/{campaign}/live") as stream:
        event = await stream.event()
        assert event is not None
        assert event.name == "counts"
        if how == "her tap":
            await both.stop()
        elif how == "their tap":
            assert (await both.staff.post(f"{THEIRS}/end")).headers["location"] == f"{THEIRS}?done=ended"
        elif how == "signed out":
            await both.merchant.post("/sign-out")
        else:
            await town.site.admin.execute(OVER[how], town.foundation.id)
        for path in (PAGE, "/portal", f"{PAGE}/{campaign}"):
            answer = await both.staff.get(path)
            assert answer.status_code != HTTPStatus.OK, path
            assert "merchant" not in answer.text.replace('"/static', ""), path
        gone = await stream.event()
        assert gone is not None
        assert gone.name == "gone"
    if how in {"late", "her session", "her role", "signed out"}:
        assert (await both.staff.get(PAGE)).headers["location"] == THEIRS
        assert "끝났습니다" in sentence(await both.staff.get(THEIRS))
    if how == "late":
        assert "보는 중" not in (await both.merchant.get("/portal")).text


async def test_until_is_the_first_moment_at_which_it_is_over(town: Town) -> None:
    both = await looking(town)
    admin = town.site.admin
    row = await admin.fetchrow("select allowed_at, until from core.showing where id = $1", both.id)
    assert row is not None
    assert (row["until"] - row["allowed_at"]).total_seconds() == 15 * 60
    for earlier, stands in (("15 minutes", False), ("899.999999 seconds", True)):
        async with town.site.database.unit(town.foundation.id) as unit:
            session = Session(unit)
            await session.execute(
                """
                update core.showing set allowed_at = now() - $2::text::interval, until = now() - $2::text::interval + interval '15 minutes'
                where id = $1
                """,
                both.id,
                earlier,
            )
            assert await session.fetch_value(f"select {STANDS} from core.showing w where w.id = $1", both.id) is stands  # noqa: S608 - the product's own


async def test_her_page_and_theirs_follow_by_themselves(town: Town) -> None:
    merchant, staff = await town.signed_in("merchant"), await town.signed_in("staff", process=1)
    code = await ask_for_help(merchant)
    showing = await town.site.admin.fetchval("select id from core.showing where tenant_id = $1", town.foundation.id)
    both = Looking(town, merchant, staff, showing)
    async with streaming(merchant, f"{HERS}/{showing}/live") as hers:
        first = await hers.event()
        assert first is not None
        assert (first.name, first.data["state"]) == ("state", "waiting")
        assert (await give(staff, code)).status_code == HTTPStatus.SEE_OTHER
        asks = await hers.event()
        assert asks is not None
        assert (asks.data["state"], asks.data["text"]) == ("asked", "재단 staff 님이 화면을 보려고 해요")
        async with streaming(staff, f"{THEIRS}/{showing}/live") as theirs:
            waits = await theirs.event()
            assert waits is not None
            assert waits.data["state"] == "asked"
            await both.allow()
            shown = await theirs.event()
            assert shown is not None
            assert (shown.data["state"], shown.data["left"]) == ("shown", "15분 남음")
            await staff.post(f"{THEIRS}/end")
            last = await hers.event()
            while last is not None and last.data["state"] == "shown":
                last = await hers.event()
            assert last is not None
            assert last.data["state"] == "over"
    # Nobody else listens.
    other = await town.signed_in("other merchant")
    assert (await other.get(f"{HERS}/{showing}/live")).status_code == HTTPStatus.NOT_FOUND
    owner = await town.signed_in("owner")
    assert (await owner.get(f"{THEIRS}/{showing}/live")).status_code == HTTPStatus.NOT_FOUND


async def test_a_clerk_shows_what_a_clerk_sees(town: Town) -> None:
    both = await looking(town, who="clerk", page="/portal")
    assert sentence(await both.staff.get("/portal")) == sentence(await both.merchant.get("/portal"))
    assert (await both.staff.get("/portal/coupons/new")).status_code == HTTPStatus.FORBIDDEN


async def test_what_is_kept_is_handed_over_and_goes(town: Town) -> None:
    both = await looking(town, page="/portal/search?q=zq")
    people = town.foundation.people
    async with town.site.database.unit(town.foundation.id) as unit:
        personal = PersonalData(Session(unit), town.foundation.id, town.vault)
        for who, role in (("merchant", "merchant"), ("staff", "staff")):
            [kept] = next(one for one in await personal.sections(people[who]) if one.title == "person.showing").rows
            assert kept["role"] == role
    rule = next(one for one in RULES if one.name == "showings")
    await town.site.admin.execute(
        """update core.showing set created_at = created_at - interval '31 days', allowed_at = allowed_at - interval '31 days',
           until = until - interval '31 days' where id = $1""",
        both.id,
    )
    async with town.site.database.unit(town.foundation.id) as unit:
        assert await Session(unit).fetch_value(rule.sql, rule.age, 500) == 1
        assert await Session(unit).fetch_value("select path from core.showing where id = $1", both.id) == ""
    other = await asked(town)
    async with town.site.database.unit(town.foundation.id) as unit:
        await PersonalData(Session(unit), town.foundation.id, town.vault).erase(people["merchant"])
    assert await town.site.admin.fetchval("select ended_at is not null and path = '' from core.showing where id = $1", other.id)
    assert (await other.staff.get("/portal")).status_code == HTTPStatus.FORBIDDEN


async def test_help_is_asked_from_a_page_of_the_portal_and_from_nowhere_else(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    newest = "select path from core.showing where tenant_id = $1 order by id desc limit 1"
    for given, kept in (
        ("/portal/search?q=zq", "/portal/search?q=zq"),
        ("/portal?x=1", "/portal?x=1"),
        ("https://evil.example/portal", "/portal"),
        ("//evil.example", "/portal"),
        ("/portalevil", "/portal"),
        ("/console/shops", "/portal"),
        ("/portal/../console/shops", "/portal"),
        ("/portal/%2e%2E/console/shops", "/portal"),
        ("/portal/x/..\\..\\console", "/portal"),
        ("/portal/./", "/portal"),
        ("/portal/search?q=..", "/portal/search?q=.."),
        ("/portal/help", "/portal"),
        (HERS, "/portal"),
        ("/portal/" + "x" * 600, "/portal"),
    ):
        assert (await merchant.post(HERS, {"from": given})).status_code == HTTPStatus.SEE_OTHER
        assert await town.site.admin.fetchval(newest, town.foundation.id) == kept, given
        await code_of(merchant)
        await town.site.admin.execute("update core.showing set ended_at = now() where tenant_id = $1", town.foundation.id)


async def test_what_she_looks_for_is_told_once_she_allows_it_and_not_before(town: Town) -> None:
    both = await asked(town, page="/portal/search?q=zqzq")
    page = await both.staff.get(THEIRS)
    async with streaming(both.staff, f"{THEIRS}/{both.id}/live") as stream:
        first = await stream.event()
        assert first is not None
        assert (first.data["state"], first.data["next"]) == ("asked", None)
        assert "zqzq" not in page.text
        await both.allow()
        then = await stream.event()
        assert then is not None
        assert (then.data["state"], then.data["next"]) == ("shown", "/portal/search?q=zqzq")
    assert "zqzq" in (await both.staff.get(THEIRS)).text
