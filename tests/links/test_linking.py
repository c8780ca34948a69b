"""Linking accounts of two foundations: both are proved, and a tap says so."""

from http import HTTPStatus

import pytest

from smilero_core.identity.tokens import token_hash
from tests.links.crossing import ARRIVAL, ARRIVE, LINKS, SWITCH, Pair, actions, arrive, ask_to_go, ask_to_link, deliver, said
from tests.support.faces import SESSION, Guest, sentence

MERCHANT = "010-1111-0003"


async def prove_by_code(pair: Pair, guest: Guest) -> str:
    """Give number and code on the pages that ask for them; where that leads."""
    page = await guest.get(ARRIVE)
    assert page.headers["location"].startswith("/sign-in?next=%2Farrive")
    await guest.post("/sign-in", {"phone": MERCHANT, "next": ARRIVE})
    answer = await guest.post("/sign-in/code", {"code": await pair.b.code_sent(), "next": ARRIVE})
    return str(answer.headers["location"])


async def test_both_accounts_are_proved_and_a_tap_links_them(pair: Pair) -> None:
    here, there = await pair.a.signed_in("merchant"), pair.b.guest()
    assert (await deliver(there, await ask_to_link(here, pair.b))).headers["location"] == ARRIVE
    assert await prove_by_code(pair, there) == ARRIVE
    page = await there.get(ARRIVE)
    assert "두 곳을 이을까요" in sentence(page)
    assert await pair.links() == []
    assert (await there.post(f"{ARRIVE}/link")).headers["location"] == SWITCH
    [link] = await pair.links()
    assert {link["one_person"], link["other_person"]} == {town.foundation.people["merchant"] for town in (pair.a, pair.b)}
    names = [
        await pair.a.site.admin.fetchval("select name from core.tenant where id = $1", town.foundation.id) for town in (pair.b, pair.a)
    ]
    assert [await said(pair.a), await said(pair.b)] == [[("linked", "merchant", "merchant", name)] for name in names]
    for guest, name in zip((here, there), names, strict=True):
        assert name in sentence(await guest.get(SWITCH))


async def test_signed_in_there_already_is_proof_enough(pair: Pair) -> None:
    await pair.linked()
    assert len(await pair.links()) == 1


async def test_without_the_proof_there_nothing_is_linked(pair: Pair) -> None:
    here, there = await pair.a.signed_in("merchant"), pair.b.guest()
    await deliver(there, await ask_to_link(here, pair.b))
    for answer in (await there.get(ARRIVE), await there.post(f"{ARRIVE}/link")):
        assert answer.headers["location"].startswith("/sign-in?")
    assert await pair.links() == []


async def test_without_the_proof_here_nothing_is_linked(pair: Pair) -> None:
    stranger, there = pair.a.guest(), await pair.b.signed_in("merchant")
    slug = pair.b.foundation.host.partition(".")[0]
    assert (await stranger.post(LINKS, {"foundation": slug})).headers["location"].startswith("/sign-in?")
    for answer in (await there.get(ARRIVE), await there.post(f"{ARRIVE}/link")):
        assert answer.status_code == HTTPStatus.GONE
        assert "떠나온 곳에서 다시" in sentence(answer)
    assert await pair.links() == []


async def test_the_proof_there_is_this_browsers_alone(pair: Pair) -> None:
    here, there, other = await pair.a.signed_in("merchant"), await pair.b.signed_in("merchant"), await pair.b.signed_in("clerk")
    await arrive(there, await ask_to_link(here, pair.b))
    assert (await other.post(f"{ARRIVE}/link")).status_code == HTTPStatus.GONE
    assert await pair.links() == []


async def test_whoever_lost_every_role_meanwhile_links_nothing(pair: Pair) -> None:
    here, there = await pair.a.signed_in("merchant"), await pair.b.signed_in("merchant")
    await arrive(there, await ask_to_link(here, pair.b))
    await pair.a.site.admin.execute(
        "update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2",
        pair.a.foundation.id,
        pair.a.foundation.people["merchant"],
    )
    answer = await there.post(f"{ARRIVE}/link")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "맡은 일이 없어져" in sentence(answer)
    assert await pair.links() == []


async def test_the_question_waits_ten_minutes(pair: Pair) -> None:
    here, there = await pair.a.signed_in("merchant"), await pair.b.signed_in("merchant")
    await arrive(there, await ask_to_link(here, pair.b))
    assert there.set[ARRIVAL]["max-age"] == "600"
    late = "update core.ticket set expires_at = now() where token_hash = $1"
    await pair.a.site.admin.execute(late, token_hash(there.cookies[ARRIVAL]))
    assert (await there.post(f"{ARRIVE}/link")).status_code == HTTPStatus.GONE
    assert await pair.links() == []


async def test_two_taps_link_once(pair: Pair) -> None:
    _, there = await pair.linked()
    assert (await there.post(f"{ARRIVE}/link")).status_code == HTTPStatus.GONE
    assert len(await pair.links()) == 1


async def test_an_account_is_linked_with_one_account_of_a_foundation(pair: Pair) -> None:
    here, _ = await pair.linked()
    other = await pair.b.signed_in("clerk")
    await arrive(other, await ask_to_link(here, pair.b))
    answer = await other.post(f"{ARRIVE}/link")
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "먼저 끊은 다음에" in sentence(answer)
    assert len(await pair.links()) == 1


@pytest.mark.parametrize("side", [0, 1])
async def test_either_side_ends_it_and_both_logs_say_so(pair: Pair, side: int) -> None:
    guests = await pair.linked()
    towns = (pair.a, pair.b)
    brought = await ask_to_go(guests[0])
    [action] = await actions(guests[side])
    assert (await guests[side].post(f"{LINKS}/{action.rpartition('/')[2]}/end")).headers["location"] == LINKS
    assert await pair.links() == []
    assert [await actions(guest) for guest in guests] == [[], []]
    mine, other = towns[side], towns[1 - side]
    assert ("unlinked", "merchant", "merchant") in [one[:3] for one in await said(mine)]
    assert ("unlinked_there", "system", "merchant") in [one[:3] for one in await said(other)]
    # A ticket that was under way leads nowhere.
    answer = await arrive(guests[1], brought)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "이어져 있지 않아요" in sentence(answer)


async def test_anothers_link_is_not_there(pair: Pair) -> None:
    here, _ = await pair.linked()
    [action] = await actions(here)
    never = f"{SWITCH}/{pair.a.foundation.id}"
    for stranger in (await pair.a.signed_in("clerk"), await pair.b.signed_in("clerk")):
        answers = [await stranger.post(path) for path in (action, never)]
        ends = [await stranger.post(f"{LINKS}/{path.rpartition('/')[2]}/end") for path in (action, never)]
        for one, other in (answers, ends):
            assert (one.status_code, one.content) == (HTTPStatus.NOT_FOUND, other.content)
    assert len(await pair.links()) == 1


async def test_the_table_has_nothing_of_the_person_but_ids(pair: Pair) -> None:
    await pair.linked()
    row = await pair.a.site.admin.fetchrow("select * from core.account_link where $1 in (one_tenant, other_tenant)", pair.a.foundation.id)
    assert row
    columns = await pair.a.site.admin.fetch(
        "select column_name, data_type from information_schema.columns where table_schema = 'core' and table_name = 'account_link'"
    )
    assert {one["data_type"] for one in columns if one["column_name"] != "created_at"} == {"uuid"}
    text = str(await pair.a.site.admin.fetchval("select l::text from core.account_link l where id = $1", row["id"]))
    for town in (pair.a, pair.b):
        person = await town.site.admin.fetchrow(
            "select * from core.person where tenant_id = $1 and id = $2", town.foundation.id, town.foundation.people["merchant"]
        )
        assert person
        hidden = [person["phone_index"].hex(), person["phone_tail_index"].hex(), person["phone_sealed"].hex()]
        for word in (person["name"], MERCHANT, MERCHANT.replace("-", ""), *hidden):
            assert word
            assert word not in text


async def test_neither_log_names_the_person_of_the_other_side(pair: Pair) -> None:
    here, there = await pair.linked("owner", "clerk")
    await arrive(there, await ask_to_go(here))
    [action] = await actions(here)
    await here.post(f"{LINKS}/{action.rpartition('/')[2]}/end")
    for mine, other, person in ((pair.a, pair.b, "clerk"), (pair.b, pair.a, "owner")):
        assert len(await said(mine)) == 3
        told = await mine.site.admin.fetchval(
            "select string_agg(e::text, ' ') from core.audit_entry e where tenant_id = $1", mine.foundation.id
        )
        name = await other.site.admin.fetchval("select name from core.person where id = $1", other.foundation.people[person])
        assert str(other.foundation.people[person]) not in told
        assert name
        assert other.foundation.host not in told
    assert SESSION in there.cookies
