"""Sessions: a cookie of one host, ended by its owner, powerless without a role."""

from http import HTTPStatus

import pytest

from tests.support.application import Site
from tests.support.faces import DEVICE, SESSION, Town, new_town, sentence

PHONE = "010-1111-0003"  # the cast's merchant


async def test_cookies_belong_to_this_host_alone(town: Town) -> None:
    guest = town.guest()
    await town.ask_code(guest, PHONE)
    answer = await guest.post("/sign-in/code", {"code": await town.code_sent(), "next": "/"})
    assert answer.headers["location"] == "/portal"
    for name in (DEVICE, SESSION):
        cookie = guest.set[name]
        assert name.startswith("__Host-")
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"].lower(), cookie["path"]) == (True, True, "lax", "/")
        assert not cookie["domain"]
        assert int(cookie["max-age"]) == 30 * 24 * 3600
        assert len(cookie.value) >= 43


@pytest.mark.parametrize(("who", "home"), [("owner", "/console"), ("staff", "/console"), ("clerk", "/portal"), ("customer", "/")])
async def test_sign_in_leads_to_the_persons_own_face(town: Town, who: str, home: str) -> None:
    guest = town.guest()
    number = list(town.foundation.people).index(who)
    await town.ask_code(guest, f"010-1111-{number:04d}")
    assert (await guest.post("/sign-in/code", {"code": await town.code_sent()})).headers["location"] == home


async def test_a_session_is_worthless_at_another_foundation(town: Town, site: Site) -> None:
    merchant = await town.signed_in("merchant")
    assert (await merchant.get("/portal")).status_code == HTTPStatus.OK
    elsewhere = (await new_town(site)).guest()
    elsewhere.cookies = dict(merchant.cookies)
    answer = await elsewhere.get("/portal")
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/sign-in?next=%2Fportal&face=portal")


async def test_signing_out_ends_the_session_for_whoever_has_the_cookie(town: Town) -> None:
    merchant, thief = await town.signed_in("merchant"), town.guest(process=1)
    thief.cookies = dict(merchant.cookies)
    assert (await thief.get("/portal")).status_code == HTTPStatus.OK
    answer = await merchant.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/")
    assert (merchant.cookies[SESSION], merchant.set[SESSION]["max-age"]) == ("", "0")
    for guest in (merchant, thief):
        assert (await guest.get("/portal")).headers["location"].startswith("/sign-in")


async def test_a_session_ends_after_thirty_days(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    await town.site.admin.execute("update core.session set expires_at = now() where tenant_id = $1", town.foundation.id)
    assert (await merchant.get("/portal")).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(("who", "path"), [("merchant", "/portal"), ("clerk", "/portal/coupons/check"), ("owner", "/console/shops")])
async def test_a_role_taken_away_is_gone_at_the_next_request(town: Town, who: str, path: str) -> None:
    guests = [await town.signed_in(who, process=process) for process in range(2)]
    for guest in guests:
        assert (await guest.get(path)).status_code == HTTPStatus.OK
    await town.site.admin.execute(
        "update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2",
        town.foundation.id,
        town.foundation.people[who],
    )
    for guest in guests:
        answer = await guest.get(path)
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert len(sentence(answer)) > 10


@pytest.mark.parametrize(
    "outside",
    [
        *("//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example"),
        *("javascript:alert(1)", "/\t/evil.example", "\t//evil.example", "/\r\nSet-Cookie: a=b", "/\n/evil.example"),
        *("evil.example", " //evil.example", "@evil.example", ""),
    ],
)
async def test_after_signing_in_nobody_is_sent_outside(town: Town, outside: str) -> None:
    guest = town.guest()
    page = await guest.get("/sign-in", params={"next": outside})
    assert "evil" not in page.text
    sent = await guest.post("/sign-in", {"phone": "010-3333-0009", "next": outside})
    assert sent.headers["location"] == "/sign-in/code?next=%2F"
    answer = await guest.post("/sign-in/code", {"code": await town.code_sent(), "next": outside})
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/")
    assert "a" not in guest.cookies


@pytest.mark.parametrize("inside", ["/portal/coupons/new/until?kind=won&value=2000", "/coupons/c/한글", "/a//b", "/?next=//x"])
async def test_an_address_of_this_host_is_kept_through_the_sign_in(town: Town, inside: str) -> None:
    guest = town.guest()
    sent = await guest.post("/sign-in", {"phone": "010-3333-0009", "next": inside})
    assert str(sent.url.join(sent.headers["location"]).params["next"]) == inside
    answer = await guest.post("/sign-in/code", {"code": await town.code_sent(), "next": inside})
    assert answer.url.join(answer.headers["location"]) == answer.url.join(inside)
