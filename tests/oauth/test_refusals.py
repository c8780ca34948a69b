"""What is refused at the endpoints of OAuth, each beside the same request that differs in that one thing and is carried out."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.identity.programs import Programs
from smilero_core.identity.tokens import new_token
from smilero_core.plugins.gate import switch
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.faces import new_town, sentence
from tests.support.oauth import BACK, Outside, Stage, basic, challenge_of, let_in, set_stage, went_back
from tests.support.waiting import until

pytestmark = pytest.mark.suite("B3")

CAMPAIGNS = "/api/v1/coupons/campaigns"
VERIFIER = "v" * 43

# Told to the person, since nobody knows that the address is the program's own.
TO_THE_PERSON: Mapping[str, tuple[Mapping[str, str | None], int]] = {
    "another address": ({"redirect_uri": "https://stock.example/other"}, 400),
    "address with more behind it": ({"redirect_uri": BACK + "/more"}, 400),
    "address with a query": ({"redirect_uri": BACK + "?a=b"}, 400),
    "address of a host that begins alike": ({"redirect_uri": "https://stock.example.evil.example/back"}, 400),
    "address by http": ({"redirect_uri": "http://stock.example/back"}, 400),
    "address in capitals": ({"redirect_uri": BACK.upper()}, 400),
    "address with a user": ({"redirect_uri": "https://stock.example@evil.example/back"}, 400),
    "address with a quotation mark": ({"redirect_uri": BACK + '"'}, 400),
    "a script": ({"redirect_uri": "javascript:alert(1)"}, 400),
    "no address": ({"redirect_uri": None}, 400),
    "no program": ({"client_id": None}, 404),
    "a program that never was": ({"client_id": str(uuid4())}, 404),
    "a program that is no id": ({"client_id": "stock"}, 404),
    "Hangul": ({"state": "상태"}, 400),
}
# Told to the program.
TO_THE_PROGRAM: Mapping[str, tuple[Mapping[str, str | None], str]] = {
    "no challenge": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "no challenge but a method": ({"code_challenge": None}, "invalid_request"),
    "a challenge without a method, which means plain": ({"code_challenge_method": None}, "invalid_request"),
    "a plain challenge": ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
    "a method in small letters": ({"code_challenge_method": "s256"}, "invalid_request"),
    "a short challenge": ({"code_challenge": "a" * 42}, "invalid_request"),
    "the implicit flow": ({"response_type": "token"}, "unsupported_response_type"),
    "two response types": ({"response_type": "code token"}, "unsupported_response_type"),
    "no response type": ({"response_type": None}, "unsupported_response_type"),
    "a scope that nobody has": ({"scope": "everything"}, "invalid_scope"),
    "a scope that the foundation did not give it": ({"scope": "coupons.read plugins.manage"}, "invalid_scope"),
    "an operator's scope": ({"scope": "*"}, "invalid_scope"),
}


def test_how_many_there_are(looked_at: LookedAt) -> None:
    forged = [*TO_THE_PERSON, *TO_THE_PROGRAM, *CODES]
    looked_at("forged questions and exchanges", forged)
    assert len(forged) >= 37


@pytest.mark.parametrize("name", TO_THE_PERSON)
async def test_a_question_that_leads_nowhere(stage: Stage, name: str) -> None:
    changes, status = TO_THE_PERSON[name]
    owner = await stage.town.signed_in("owner")
    for program in (stage.server, stage.phone):
        asked = await owner.get("/oauth/authorize", params=program.wish(**changes))
        answered = await owner.post("/oauth/authorize", {**program.wish(**changes), "decision": "allow"})
        for answer in (asked, answered):
            assert (answer.status_code, "location" in answer.headers) == (status, False), answer.text
            assert len(sentence(answer)) > 10
            assert "stock.example" not in answer.text
        assert (await owner.get("/oauth/authorize", params=program.wish())).status_code == HTTPStatus.OK
    assert await grants(stage) == 0


@pytest.mark.parametrize("name", TO_THE_PROGRAM)
async def test_a_question_that_goes_back(stage: Stage, name: str) -> None:
    changes, error = TO_THE_PROGRAM[name]
    owner = await stage.town.signed_in("owner")
    for program in (stage.server, stage.phone):
        asked = await owner.get("/oauth/authorize", params=program.wish(**changes))
        answered = await owner.post("/oauth/authorize", {**program.wish(**changes), "decision": "allow"})
        for answer in (asked, answered):
            told = went_back(answer)
            assert (told["error"], told["state"], told["iss"]) == (error, "s t&te=1", f"http://{stage.town.foundation.host}")
            assert "code" not in told
        assert went_back(await owner.post("/oauth/authorize", {**program.wish(), "decision": "allow"}))["code"]
    assert await grants(stage) == 2


async def test_a_parameter_that_comes_twice(stage: Stage) -> None:
    owner = await stage.town.signed_in("owner")
    twice = [*stage.server.wish().items(), ("redirect_uri", "https://evil.example/back")]
    assert (await owner.get("/oauth/authorize", params=twice)).status_code == HTTPStatus.BAD_REQUEST
    assert (await owner.get("/oauth/authorize", params=twice[:-1])).status_code == HTTPStatus.OK


async def test_only_the_person_herself_allows(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.server
    form = {**program.wish(), "decision": "allow"}
    # Another site's page, a stranger, somebody who was thrown out, another answer than the one button.
    crossing = await owner.post("/oauth/authorize", form, headers={"Sec-Fetch-Site": "cross-site"})
    assert crossing.status_code == HTTPStatus.FORBIDDEN
    stranger = stage.town.guest()
    for answer in (await stranger.post("/oauth/authorize", form), await stranger.get("/oauth/authorize", params=program.wish())):
        assert answer.headers["location"].startswith("/sign-in?")
    for decision in ("refuse", "", "ALLOW"):
        told = went_back(await owner.post("/oauth/authorize", {**program.wish(), "decision": decision}))
        assert told == {"error": "access_denied", "error_description": told["error_description"], "state": "s t&te=1", "iss": told["iss"]}
    assert await grants(stage) == 0
    await end_roles(stage, "owner")
    assert (await owner.post("/oauth/authorize", form)).status_code == HTTPStatus.FORBIDDEN
    assert await grants(stage) == 0
    staff = await stage.town.signed_in("staff")
    assert went_back(await staff.post("/oauth/authorize", form))["code"]


# What is said instead at the token's endpoint, with the error that it gets.
CODES: Mapping[str, tuple[Mapping[str, str | None], str]] = {
    "no verifier": ({"code_verifier": None}, "invalid_request"),
    "the wrong verifier": ({"code_verifier": "w" * 43}, "invalid_grant"),
    "the challenge itself": ({"code_verifier": challenge_of(VERIFIER)}, "invalid_grant"),
    "a verifier that is none": ({"code_verifier": "short"}, "invalid_request"),
    "another address": ({"redirect_uri": "https://stock.example/other"}, "invalid_grant"),
    "no address": ({"redirect_uri": None}, "invalid_grant"),
    "a code that never was": ({"code": "A" * 43}, "invalid_grant"),
    "no code": ({"code": None}, "invalid_request"),
    "another kind of grant": ({"grant_type": "password"}, "unsupported_grant_type"),
    "no kind of grant": ({"grant_type": None}, "unsupported_grant_type"),
    "Hangul for a kind": ({"grant_type": "암호"}, "invalid_request"),
}


@pytest.mark.parametrize("name", CODES)
async def test_a_code_with_the_wrong_word(stage: Stage, name: str) -> None:
    changes, error = CODES[name]
    owner = await stage.town.signed_in("owner")
    for one in (stage.server, stage.phone):
        program = Outside(one.town, one.id, one.secret, verifier=VERIFIER)
        code = await program.allowed(owner)
        assert_refused(await program.exchange(code, **changes), error)
        # A wrong try does not use it up: the right one in its place is carried out.
        assert (await program.exchange(code)).status_code == HTTPStatus.OK


async def test_who_is_not_the_program(stage: Stage, looked_at: LookedAt) -> None:
    owner, program, other = await stage.town.signed_in("owner"), stage.server, await let_in(stage.town, name="Other")
    assert program.secret is not None
    url, host = stage.town.site.servers[0].url + "/oauth/token", {"Host": stage.town.foundation.host}
    code = await program.allowed(owner)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": program.verifier}
    me = {"client_id": str(program.id)}
    forged: Mapping[str, tuple[dict[str, str], dict[str, str]]] = {
        "nobody": ({}, {}),
        "no secret": ({}, me),
        "an empty secret": ({}, {**me, "client_secret": ""}),
        "the wrong secret": ({}, {**me, "client_secret": new_token("smc_")}),
        "the wrong secret in the header": ({"Authorization": basic(str(program.id), "smc_wrong")}, {}),
        "another program's secret": ({"Authorization": basic(str(program.id), str(other.secret))}, {}),
        "a header that is none": ({"Authorization": "Basic ###"}, me),
        "bytes that are no text": ({"Authorization": "Basic //79"}, me),
        "a program that never was": ({"Authorization": basic(str(uuid4()), program.secret)}, {}),
        "a session's cookie": ({"Cookie": f"__Host-session={owner.cookies['__Host-session']}"}, me),
    }
    looked_at("forged programs", list(forged))
    for name, (headers, more) in forged.items():
        answer = await stage.town.site.http.post(url, data={**form, **more}, headers={**host, **headers})
        assert answer.status_code == HTTPStatus.UNAUTHORIZED, (name, answer.text)
        assert (answer.json()["error"], answer.headers["www-authenticate"].split()[0]) == ("invalid_client", "Basic"), name
    # Another program that proves who it is, with this one's code; the public one, with its code.
    assert_refused(await other.exchange(code, code_verifier=program.verifier), "invalid_grant")
    assert_refused(await stage.phone.exchange(code, code_verifier=program.verifier), "invalid_grant")
    as_form = {**form, **me, "client_secret": program.secret}
    assert (await stage.town.site.http.post(url, data=as_form, headers=host)).status_code == HTTPStatus.OK


async def test_a_code_that_comes_twice_ends_what_it_gave(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.phone
    code, other = await program.allowed(owner), await program.tokens(owner)
    first = (await program.exchange(code)).json()
    assert await works(stage, first)
    # A thief who has not the program's verifier finds nothing out, and still the family ends.
    assert_refused(await program.exchange(code, code_verifier="w" * 43), "invalid_grant")
    assert not await works(stage, first)
    assert_refused(await program.refresh(first["refresh_token"]), "invalid_grant")
    assert await works(stage, other)
    assert await audited(stage, "identity.audit.token_came_twice") == 1


async def test_a_code_lives_for_a_minute(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.phone
    code, good = await program.allowed(owner), await program.allowed(owner)
    left = "select extract(epoch from code_expires_at - now()) from core.oauth_grant where tenant_id = $1 order by id limit 1"
    assert 0 < await stage.town.site.admin.fetchval(left, stage.town.foundation.id) <= 60
    await stage.town.site.admin.execute(
        """update core.oauth_grant set code_expires_at = now()
           where id = (select min(id::text)::uuid from core.oauth_grant where tenant_id = $1)""",
        stage.town.foundation.id,
    )
    assert_refused(await program.exchange(code), "invalid_grant")
    assert (await program.exchange(good)).status_code == HTTPStatus.OK


async def test_a_refresh_token_is_used_once(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.server
    first, other = await program.tokens(owner), await program.tokens(owner)
    second = (await program.refresh(first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == "coupons.read"
    assert await works(stage, first)
    assert await works(stage, second)
    # Whoever brings the first one again, one of the two is a thief: all of the family ends.
    assert_refused(await program.refresh(first["refresh_token"]), "invalid_grant")
    for tokens in (first, second):
        assert not await works(stage, tokens)
    assert_refused(await program.refresh(second["refresh_token"]), "invalid_grant")
    assert await works(stage, other)
    assert (await program.refresh(other["refresh_token"])).status_code == HTTPStatus.OK
    assert await audited(stage, "identity.audit.token_came_twice") == 1


async def test_of_parallel_refreshes_one_at_most_is_carried_out(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.server
    for _ in range(5):
        tokens = await program.tokens(owner)
        answers = await asyncio.gather(*(program.refresh(tokens["refresh_token"], process=number % 2) for number in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
        # The others were the second use.
        (won,) = [answer.json() for answer in answers if answer.status_code == HTTPStatus.OK]
        assert not await works(stage, won)


async def test_parallel_exchanges_of_a_code(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.phone
    for _ in range(5):
        code = await program.allowed(owner)
        answers = await asyncio.gather(*(program.exchange(code) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
        (won,) = [answer.json() for answer in answers if answer.status_code == HTTPStatus.OK]
        assert not await works(stage, won)


async def test_refreshing_widens_nothing(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.server
    tokens = await program.tokens(owner, scope="coupons.read plugins.read")
    assert_refused(await program.refresh(tokens["refresh_token"], scope="coupons.read coupons.redeem"), "invalid_scope")
    less = (await program.refresh(tokens["refresh_token"], scope="plugins.read")).json()
    assert less["scope"] == "plugins.read"
    assert not await works(stage, less)
    # What the refresh token itself is for stays (RFC 6749 §6).
    again = (await program.refresh(less["refresh_token"])).json()
    assert again["scope"] == "coupons.read plugins.read"
    assert await works(stage, again)


async def test_tokens_of_another_kind_or_program(stage: Stage) -> None:
    owner, program, other = await stage.town.signed_in("owner"), stage.server, await let_in(stage.town, name="Other")
    tokens = await program.tokens(owner)
    for wrong in (tokens["access_token"], stage.town.foundation.tokens["owner"], new_token("smr_"), "smr_"):
        assert_refused(await program.refresh(wrong), "invalid_grant")
    assert_refused(await other.refresh(tokens["refresh_token"]), "invalid_grant")
    assert_refused(await stage.phone.refresh(tokens["refresh_token"]), "invalid_grant")
    for wrong in (tokens["refresh_token"], str(program.secret)):
        assert (await stage.caller(wrong).get(CAMPAIGNS)).status_code == HTTPStatus.UNAUTHORIZED
    assert await works(stage, tokens)
    assert (await program.refresh(tokens["refresh_token"])).status_code == HTTPStatus.OK


async def test_a_scope_beyond_the_persons_is_not_given(stage: Stage) -> None:
    merchant, program = await stage.town.signed_in("merchant"), stage.phone
    tokens = await program.tokens(merchant, scope="coupons.read plugins.read measures.read")
    assert tokens["scope"] == "coupons.read"
    assert (await stage.caller(tokens["access_token"]).get("/api/v1/plugins")).status_code == HTTPStatus.FORBIDDEN
    told = went_back(await merchant.get("/oauth/authorize", params=program.wish(scope="plugins.read measures.read")))
    assert told["error"] == "invalid_scope"
    owner = await stage.town.signed_in("owner")
    assert (await program.tokens(owner, scope="coupons.read plugins.read"))["scope"] == "coupons.read plugins.read"


async def test_a_role_taken_away_ends_a_programs_rights_at_once(stage: Stage) -> None:
    owner, staff, program = await stage.town.signed_in("owner"), await stage.town.signed_in("staff"), stage.server
    hers, mine = await program.tokens(staff), await program.tokens(owner)
    code = await program.allowed(staff)
    assert await works(stage, hers)
    await end_roles(stage, "staff")
    assert not await works(stage, hers)
    assert_refused(await program.refresh(hers["refresh_token"]), "invalid_grant")
    assert_refused(await program.exchange(code), "invalid_grant")
    assert await works(stage, mine)


async def test_an_ended_program_is_nobody(stage: Stage) -> None:
    owner, program, other = await stage.town.signed_in("owner"), stage.server, stage.phone
    tokens, own, kept = await program.tokens(owner), (await program.by_itself()).json(), await other.tokens(owner)
    code = await program.allowed(owner)
    assert await works(stage, own)
    async with stage.town.site.database.unit(stage.town.foundation.id) as unit:
        await Programs(Session(unit)).end(program.id)
    for given in (tokens, own):
        assert not await works(stage, given)
    for answer in (await program.exchange(code), await program.refresh(tokens["refresh_token"]), await program.by_itself()):
        assert (answer.status_code, answer.json()["error"]) == (HTTPStatus.UNAUTHORIZED, "invalid_client")
    assert (await owner.get("/oauth/authorize", params=program.wish())).status_code == HTTPStatus.NOT_FOUND
    assert await works(stage, kept)


async def test_an_old_secret_is_void_and_tokens_stay(stage: Stage) -> None:
    program = stage.server
    tokens = (await program.by_itself()).json()
    async with stage.town.site.database.unit(stage.town.foundation.id) as unit:
        _, secret = await Programs(Session(unit)).new_secret(program.id)
    assert (await program.by_itself()).status_code == HTTPStatus.UNAUTHORIZED
    assert (await Outside(program.town, program.id, secret).by_itself()).status_code == HTTPStatus.OK
    assert await works(stage, tokens)


async def test_what_is_too_old(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.server
    old, long_ago, good = [await program.tokens(owner) for _ in range(3)]
    admin = stage.town.site.admin
    await admin.execute("update core.oauth_token set expires_at = now() where token_hash = sha256($1::bytea)", old["access_token"].encode())
    assert not await works(stage, old)
    assert (await program.refresh(old["refresh_token"])).status_code == HTTPStatus.OK
    await admin.execute(
        "update core.oauth_token set expires_at = now() where token_hash = sha256($1::bytea)", good["refresh_token"].encode()
    )
    assert_refused(await program.refresh(good["refresh_token"]), "invalid_grant")
    assert await works(stage, good)
    # A year after it was allowed nothing of it is good any more.
    await admin.execute(
        """update core.oauth_grant set expires_at = now() where (tenant_id, id) =
           (select tenant_id, grant_id from core.oauth_token where token_hash = sha256($1::bytea))""",
        long_ago["access_token"].encode(),
    )
    assert not await works(stage, long_ago)
    assert_refused(await program.refresh(long_ago["refresh_token"]), "invalid_grant")


async def test_another_foundation_knows_nothing_of_it(stage: Stage, site: Site) -> None:
    theirs = await set_stage(await new_town(site))
    owner, stranger = await stage.town.signed_in("owner"), await theirs.town.signed_in("owner")
    tokens, code = await stage.phone.tokens(owner), await stage.phone.allowed(owner)
    # Our program, our code, our tokens at their host; their program with our code and our tokens.
    assert (await stranger.get("/oauth/authorize", params=stage.phone.wish())).status_code == HTTPStatus.NOT_FOUND
    ours_there = Outside(theirs.town, stage.phone.id, None, verifier=stage.phone.verifier)
    for answer in (await ours_there.exchange(code), await ours_there.refresh(tokens["refresh_token"])):
        assert_refused(answer, "invalid_client")
    assert_refused(await theirs.phone.exchange(code, code_verifier=stage.phone.verifier), "invalid_grant")
    assert_refused(await theirs.phone.refresh(tokens["refresh_token"]), "invalid_grant")
    assert (await theirs.caller(tokens["access_token"]).get(CAMPAIGNS)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await theirs.phone.revoke(token=tokens["refresh_token"])).status_code == HTTPStatus.OK
    assert await works(stage, tokens)
    assert (await stage.phone.exchange(code)).status_code == HTTPStatus.OK


async def test_a_program_by_itself_needs_its_leave_and_its_secret(stage: Stage) -> None:
    good = await stage.server.by_itself()
    assert good.json()["scope"] == "coupons.read coupons.redeem measures.read plugins.read"
    assert "refresh_token" not in good.json()
    assert (await stage.server.by_itself(scope="plugins.read")).json()["scope"] == "plugins.read"
    assert_refused(await stage.server.by_itself(scope="plugins.manage"), "invalid_scope")
    attended = await let_in(stage.town, name="Attended")
    assert_refused(await attended.by_itself(), "unauthorized_client")
    assert (await stage.phone.by_itself()).json()["error"] == "invalid_client"
    # One that only acts by itself asks nobody.
    alone = await let_in(stage.town, unattended=True, addresses=())
    assert (await alone.by_itself()).status_code == HTTPStatus.OK
    owner = await stage.town.signed_in("owner")
    assert (await owner.get("/oauth/authorize", params=alone.wish())).status_code == HTTPStatus.BAD_REQUEST


async def test_revoking(stage: Stage) -> None:
    owner, program = await stage.town.signed_in("owner"), stage.server
    one, two, three = [await program.tokens(owner) for _ in range(3)]
    # Of another program: refused; nobody's: as good as done (RFC 7009 §2.2).
    assert_refused(await stage.phone.revoke(token=one["access_token"]), "invalid_grant")
    assert (await program.revoke(token="smo_nobodys")).status_code == HTTPStatus.OK  # noqa: S106 - no token at all
    assert (await program.revoke(token=stage.town.foundation.tokens["owner"])).status_code == HTTPStatus.OK
    assert_refused(await program.revoke(), "invalid_request")
    thief = Outside(program.town, program.id, "smc_wrong")
    assert (await thief.revoke(token=one["access_token"])).status_code == HTTPStatus.UNAUTHORIZED
    assert await works(stage, one)
    assert (await stage.caller(stage.town.foundation.tokens["owner"]).get(CAMPAIGNS)).status_code == HTTPStatus.OK
    # An access token alone; a refresh token with its family.
    hinted = {"token": one["access_token"], "token_type_hint": "refresh_token"}
    assert (await program.revoke(**hinted)).status_code == HTTPStatus.OK
    assert not await works(stage, one)
    assert (await program.refresh(one["refresh_token"])).status_code == HTTPStatus.OK
    assert (await program.revoke(token=two["refresh_token"])).status_code == HTTPStatus.OK
    assert not await works(stage, two)
    assert_refused(await program.refresh(two["refresh_token"]), "invalid_grant")
    assert await works(stage, three)


async def test_a_plugin_that_is_off_is_no_scope(stage: Stage) -> None:
    owner, program, town = await stage.town.signed_in("owner"), stage.phone, stage.town
    tokens = await program.tokens(owner, scope="coupons.read plugins.read")
    async with town.site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), "coupons", enabled=False)

    async def forgotten() -> bool:
        return (await stage.caller(tokens["access_token"]).get(CAMPAIGNS)).status_code == HTTPStatus.NOT_FOUND

    await until(forgotten)
    assert (await stage.caller(tokens["access_token"]).get("/api/v1/plugins")).status_code == HTTPStatus.OK
    assert went_back(await owner.get("/oauth/authorize", params=program.wish()))["error"] == "invalid_scope"
    page = await owner.get("/oauth/authorize", params=program.wish(scope="coupons.read plugins.read"))
    assert "어떤 기능이 있는지 보기" in page.text
    assert "쿠폰이 얼마나" not in page.text
    told = (await owner.get("/.well-known/oauth-authorization-server")).json()["scopes_supported"]
    assert "plugins.read" in told
    assert "coupons.read" not in told


async def test_bodies_that_are_no_form(stage: Stage) -> None:
    url, host = stage.town.site.servers[0].url + "/oauth/token", stage.town.foundation.host
    for kind, content in (
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("", b"grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", b"grant_type=%FF"),
        ("application/x-www-form-urlencoded", b"\xff\x00"),
        ("application/x-www-form-urlencoded", b"grant_type=client_credentials&grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=b" % number for number in range(60))),
    ):
        answer = await stage.town.site.http.post(url, content=content, headers={"Host": host, "Content-Type": kind})
        assert_refused(answer, "invalid_request")
    answer = await stage.town.site.http.post(url, headers={"Host": "localhost"}, data={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.NOT_FOUND, "application/problem+json")


async def test_guessing_has_an_end(stage: Stage) -> None:
    answers = await asyncio.gather(*(Outside(stage.town, uuid4(), "smc_guess").by_itself() for _ in range(130)))
    refused = [answer for answer in answers if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS]
    assert len(refused) == 10
    assert refused[0].json()["error"] == "temporarily_unavailable"
    assert int(refused[0].headers["retry-after"]) > 0
    assert refused[0].headers["cache-control"] == "no-store"
    assert (await stage.server.by_itself()).status_code == HTTPStatus.TOO_MANY_REQUESTS


def assert_refused(answer: Response, error: str) -> None:
    """As RFC 6749 §5.2 says it."""
    assert (answer.status_code, answer.json()["error"]) == (HTTPStatus.BAD_REQUEST, error), answer.text
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/json", "no-store")
    assert "access_token" not in answer.json()


async def works(stage: Stage, tokens: Mapping[str, Any]) -> bool:
    """Whether an access token still reads the coupons."""
    answer = await stage.caller(tokens["access_token"]).get(CAMPAIGNS)
    assert answer.status_code in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    return answer.status_code == HTTPStatus.OK


async def grants(stage: Stage) -> int:
    """How many the foundation has."""
    return int(await stage.town.site.admin.fetchval("select count(*) from core.oauth_grant where tenant_id = $1", stage.town.foundation.id))


async def audited(stage: Stage, sentence: str) -> int:
    """How many entries say so."""
    sql = "select count(*) from core.audit_entry where tenant_id = $1 and sentence = $2"
    return int(await stage.town.site.admin.fetchval(sql, stage.town.foundation.id, sentence))


async def end_roles(stage: Stage, who: str) -> None:
    """Take everything away from one of the cast."""
    await stage.town.site.admin.execute(
        "update core.membership set ended_at = now() where tenant_id = $1 and person_id = $2",
        stage.town.foundation.id,
        stage.town.foundation.people[who],
    )
