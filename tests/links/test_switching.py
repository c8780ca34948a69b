"""Going over to a linked foundation: a ticket of 30 seconds, once, from the page of the host at which it was issued, in this browser."""

from http import HTTPStatus

import pytest

from smilero_core.identity.tokens import token_hash
from tests.links.crossing import ARRIVAL, ARRIVE, SWITCH, Pair, actions, arrive, ask_to_go, ask_to_link, deliver, said
from tests.support.application import Site
from tests.support.faces import SESSION, Guest, Town, new_town, sentence

GONE = "떠나온 곳에서 다시"


async def inside(guest: Guest, path: str = "/portal") -> bool:
    """Whether somebody is signed in."""
    answer = await guest.get(path)
    return answer.status_code == HTTPStatus.OK


async def test_one_tap_leads_into_the_account_there(pair: Pair) -> None:
    here, _ = await pair.linked("owner", "clerk")
    there = pair.b.guest(process=1)
    brought = await ask_to_go(here)
    assert brought.to == f"http://{there.host}{ARRIVE}"
    assert f"form-action http://{there.host};" in brought.policy
    answer = await arrive(there, brought)
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/portal")
    cookie = there.set[SESSION]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"].lower(), cookie["domain"]) == (True, True, "lax", "")
    assert there.cookies[ARRIVAL] == ""
    assert await inside(there)
    assert not await inside(there, "/console/shops")
    assert [one[:3] for one in await said(pair.a)][1:] == [("switching", "owner", "owner")]
    assert [one[:3] for one in await said(pair.b)][1:] == [("switched", "clerk", "clerk")]


async def test_whoever_is_in_already_keeps_the_session(pair: Pair) -> None:
    here, there = await pair.linked()
    before = there.cookies[SESSION]
    assert (await arrive(there, await ask_to_go(here))).headers["location"] == "/portal"
    assert there.cookies[SESSION] == before
    assert await inside(there)


async def test_somebody_else_in_that_browser_is_signed_out(pair: Pair) -> None:
    here, _ = await pair.linked()
    browser = await pair.b.signed_in("clerk")
    before = browser.cookies[SESSION]
    await arrive(browser, await ask_to_go(here))
    assert browser.cookies[SESSION] != before
    browser.cookies[SESSION] = before
    assert not await inside(browser)


async def test_a_ticket_is_used_once(pair: Pair) -> None:
    here, _ = await pair.linked()
    brought = await ask_to_go(here)
    first, second = pair.b.guest(), pair.b.guest(process=1)
    assert (await arrive(first, brought)).headers["location"] == "/portal"
    answer = await deliver(second, brought)
    assert answer.status_code == HTTPStatus.GONE
    assert GONE in sentence(answer)
    assert (await first.get(ARRIVE)).status_code == HTTPStatus.GONE


async def test_a_ticket_is_good_for_thirty_seconds(pair: Pair, site: Site) -> None:
    here, _ = await pair.linked()
    brought, there = await ask_to_go(here), pair.b.guest()
    left = await site.admin.fetchval(
        "select extract(epoch from expires_at - now()) from core.ticket where token_hash = $1", token_hash(brought.fields["ticket"])
    )
    assert left <= 30
    await site.admin.execute("update core.ticket set expires_at = now() where token_hash = $1", token_hash(brought.fields["ticket"]))
    assert (await deliver(there, brought)).status_code == HTTPStatus.GONE
    assert ARRIVAL not in there.cookies


async def test_what_the_door_gives_is_good_for_thirty_seconds_too(pair: Pair, site: Site) -> None:
    here, _ = await pair.linked()
    there = pair.b.guest()
    await deliver(there, await ask_to_go(here))
    assert there.set[ARRIVAL]["max-age"] == "30"
    await site.admin.execute("update core.ticket set expires_at = now() where token_hash = $1", token_hash(there.cookies[ARRIVAL]))
    assert (await there.get(ARRIVE)).status_code == HTTPStatus.GONE
    assert SESSION not in there.cookies


@pytest.mark.parametrize("where", ["here", "third"])
async def test_a_ticket_is_worthless_at_another_host(pair: Pair, site: Site, where: str) -> None:
    here, _ = await pair.linked()
    brought = await ask_to_go(here)
    town = pair.a if where == "here" else await new_town(site)
    guest = town.guest()
    assert (await deliver(guest, brought)).status_code == HTTPStatus.GONE
    assert ARRIVAL not in guest.cookies


@pytest.mark.parametrize("purpose", ["link", "arrival", "", "nothing"])
async def test_a_ticket_is_good_for_its_purpose_alone(pair: Pair, purpose: str) -> None:
    here, _ = await pair.linked()
    guest = pair.b.guest()
    assert (await deliver(guest, await ask_to_go(here), purpose=purpose)).status_code == HTTPStatus.GONE
    assert ARRIVAL not in guest.cookies


async def test_to_have_asked_for_a_link_lets_nobody_in(pair: Pair) -> None:
    here, _ = await pair.linked()
    guest = pair.b.guest()
    assert (await deliver(guest, await ask_to_link(here, pair.b), purpose="switch")).status_code == HTTPStatus.GONE
    # And what waits for the tap that links is no way in.
    await deliver(guest, await ask_to_link(here, pair.b))
    assert (await guest.get(ARRIVE)).headers["location"].startswith("/sign-in?")
    assert SESSION not in guest.cookies


async def test_another_browser_cannot_go_on_with_it(pair: Pair) -> None:
    here, _ = await pair.linked()
    there, other = pair.b.guest(), pair.b.guest()
    await deliver(there, await ask_to_go(here))
    assert (await other.get(ARRIVE)).status_code == HTTPStatus.GONE
    assert (await there.get(ARRIVE)).headers["location"] == "/portal"


@pytest.mark.parametrize("page", ["https://evil.example", "null", "http://b.localhost", "its own", "another port"])
async def test_a_page_that_did_not_get_the_ticket_cannot_deliver_it(pair: Pair, page: str) -> None:
    """An attacker's ticket in a victim's browser would sign the victim in as the attacker."""
    attacker, _ = await pair.linked()
    victim, brought = pair.b.guest(), await ask_to_go(attacker)
    told = {"its own": f"http://{victim.host}", "another port": f"{brought.origin}:8001"}.get(page, page)
    answer = await deliver(victim, brought, origin=told)
    assert answer.status_code in {HTTPStatus.GONE, HTTPStatus.FORBIDDEN}
    assert ARRIVAL not in victim.cookies
    assert SESSION not in victim.cookies


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "null"}, {}])
async def test_without_an_origin_nothing_arrives(pair: Pair, headers: dict[str, str]) -> None:
    here, _ = await pair.linked()
    brought, guest = await ask_to_go(here), pair.b.guest()
    answer = await guest.http.post(f"{guest.url}{ARRIVE}", data=dict(brought.fields), headers={"Host": guest.host, **headers})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    # It was not even looked at: the ticket is as good as before.
    assert (await deliver(guest, brought)).status_code == HTTPStatus.SEE_OTHER


async def test_without_a_ticket_another_sites_page_does_nothing(pair: Pair) -> None:
    _, there = await pair.linked()
    sent = {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{pair.a.foundation.host}"}
    assert (await there.post(ARRIVE, {}, headers=sent)).status_code == HTTPStatus.GONE
    [action] = await actions(there)
    for path in (
        f"{ARRIVE}/link",
        f"{ARRIVE}/",
        "/ARRIVE",
        action,
        "/switch/links",
        f"{action}/end",
        "/portal/shops",
        "/sign-out",
        "/sign-in",
    ):
        for method in ("POST", "PUT", "DELETE"):
            assert (await there.ask(method, path, headers=sent)).status_code == HTTPStatus.FORBIDDEN, (method, path)
    for method in ("PUT", "PATCH", "DELETE"):
        assert (await there.ask(method, ARRIVE, headers=sent)).status_code == HTTPStatus.FORBIDDEN


async def test_one_cannot_be_sent_over_by_another_sites_page(pair: Pair) -> None:
    here, _ = await pair.linked()
    [action] = await actions(here)
    answer = await here.post(action, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    assert answer.status_code == HTTPStatus.FORBIDDEN


async def dismiss(town: Town, who: str) -> None:
    """Take every role away."""
    await town.site.admin.execute(
        "update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2",
        town.foundation.id,
        town.foundation.people[who],
    )


async def test_without_a_role_there_one_is_told_before_leaving(pair: Pair) -> None:
    here, _ = await pair.linked()
    [action] = await actions(here)
    await dismiss(pair.b, "merchant")
    answer = await here.post(action)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "맡은 일이 없어져 옮겨 갈 수 없어요" in sentence(answer)
    assert [one[0] for one in await said(pair.a)] == ["linked"]


@pytest.mark.parametrize("side", [0, 1])
async def test_a_role_taken_away_on_the_way_shuts_the_door(pair: Pair, side: int) -> None:
    here, _ = await pair.linked()
    brought, there = await ask_to_go(here), pair.b.guest()
    await dismiss((pair.a, pair.b)[side], "merchant")
    answer = await arrive(there, brought)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "맡은 일이 없어져" in sentence(answer)
    assert SESSION not in there.cookies


async def test_a_suspended_foundation_is_not_gone_to(pair: Pair, site: Site) -> None:
    here, _ = await pair.linked()
    [action] = await actions(here)
    await site.admin.execute("update core.tenant set status = 'suspended' where id = $1", pair.b.foundation.id)
    answer = await here.post(action)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "멈추어 있어" in sentence(answer)
    assert await actions(here) == []


async def test_a_foundation_suspended_on_the_way_lets_nobody_over(pair: Pair, site: Site) -> None:
    here, _ = await pair.linked()
    brought, there = await ask_to_go(here), pair.b.guest()
    await site.admin.execute("update core.tenant set status = 'suspended' where id = $1", pair.a.foundation.id)
    assert (await arrive(there, brought)).status_code == HTTPStatus.GONE
    assert SESSION not in there.cookies


async def test_the_switch_has_what_is_ones_own(pair: Pair, site: Site) -> None:
    owner, merchant, customer, officer = [await pair.a.signed_in(who) for who in ("owner", "merchant", "customer", "officer")]
    shop = await site.admin.fetchval("select name from core.shop where id = $1", pair.a.foundation.shop)
    pages = [sentence(await guest.get(SWITCH)) for guest in (owner, merchant, customer, officer)]
    assert ["사무실 화면" in page for page in pages] == [True, False, False, False]
    assert [shop in page for page in pages] == [False, True, False, False]
    assert ["손님 화면" in page for page in pages] == [True] * 4
    assert (await pair.a.guest().get(SWITCH)).headers["location"].startswith("/sign-in?next=%2Fswitch")


@pytest.mark.parametrize(("who", "page"), [("merchant", "/portal"), ("owner", "/console/shops"), ("customer", "/"), ("owner", "/")])
async def test_every_face_has_the_way_to_the_switch(pair: Pair, who: str, page: str) -> None:
    guest = await pair.a.signed_in(who)
    assert f'href="{SWITCH}"' in (await guest.get(page)).text
    assert f'href="{SWITCH}"' not in (await pair.a.guest().get("/")).text


async def test_ones_sessions_are_found_from_console_and_public_pages(pair: Pair) -> None:
    owner, customer = await pair.a.signed_in("owner"), await pair.a.signed_in("customer")
    assert 'href="/console/sessions"' in (await owner.get("/console/shops")).text
    assert 'href="/sessions"' in (await customer.get("/")).text
    assert "지금 이 화면이에요" in sentence(await owner.get("/console/sessions"))
    assert 'href="/sessions"' not in (await owner.get("/")).text


async def test_a_page_with_somebodys_links_is_kept_by_nobody(pair: Pair) -> None:
    customer = await pair.a.signed_in("customer")
    answer = await customer.get("/")
    assert (answer.headers["cache-control"], "Cookie" in answer.headers["vary"]) == ("no-store", True)
