"""A command that is sent twice has one effect, and both senders read the same bytes."""

import asyncio
import re
from functools import partial
from http import HTTPStatus
from uuid import UUID, uuid4

from httpx2 import Response

from tests.support.coupons import CAMPAIGNS, REDEMPTIONS, Row, Till, campaign_body, claims_of
from tests.support.foundations import Foundation
from tests.support.waiting import until
from tests.support.web import Caller, running_server

CLIENTS = 64
CREATED = HTTPStatus.CREATED


async def a_claim(till: Till) -> tuple[Row, Row]:
    """A campaign and the body that redeems its one claim."""
    campaign = await till.campaign(stock=3)
    return campaign, {"code": (await till.claim(campaign))["code"]}


async def kept(till: Till, key: str) -> int:
    count = await till.site.admin.fetchval("select count(*) from core.idempotency where key = $1", key)
    return int(str(count))


async def hold(till: Till, campaign: Row) -> None:
    """Keep everybody from counting at a campaign until our transaction ends."""
    await till.site.admin.execute("select 1 from plugin_coupons.campaign where id = $1 for update", UUID(campaign["id"]))


async def somebody_waits(till: Till) -> bool:
    """Whether a statement of the application waits for a lock."""
    blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'smilero'"
    return bool(await till.site.admin.fetchval(f"{blocked} and datname = current_database()"))


async def answer_when_free(caller: Caller, body: Row, key: str) -> Response:
    """The answer once nobody else carries the command out: the database sees a moment later that a server was killed."""
    answers: list[Response] = []

    async def free() -> bool:
        answers.append(await caller.post(REDEMPTIONS, body, key=key))
        return bool(answers[-1].json().get("code") != "idempotency.in_flight")

    await until(free)
    return answers[-1]


def same(one: Response, other: Response) -> bool:
    return (one.status_code, one.headers["content-type"], one.content) == (other.status_code, other.headers["content-type"], other.content)


class TestSameKey:
    async def test_sixty_four_at_once_have_one_effect_and_one_answer(self, till: Till) -> None:
        campaign, body = await a_claim(till)
        key = str(uuid4())
        callers = [till.caller("merchant", process=n % 2) for n in range(CLIENTS)]
        answers = await asyncio.gather(*(caller.post(REDEMPTIONS, body, key=key) for caller in callers))
        first = next(answer for answer in answers if answer.status_code == CREATED)
        for answer in answers:
            if answer.status_code != CREATED:
                assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "idempotency.in_flight")
                assert answer.headers["retry-after"] == "1"
        for caller, answer in zip(callers, answers, strict=True):
            told = answer if answer.status_code == CREATED else await caller.post(REDEMPTIONS, body, key=key)
            assert same(told, first)
        assert await till.counted(campaign) == (1, 1, 1, 1)
        assert await kept(till, key) == 1

    async def test_while_one_is_carried_out_the_others_are_told_to_come_again(self, till: Till) -> None:
        campaign, body = await a_claim(till)
        key, clerks = str(uuid4()), [till.caller("clerk", process=n) for n in range(2)]
        async with till.site.admin.transaction():
            await hold(till, campaign)
            first = asyncio.create_task(clerks[0].post(REDEMPTIONS, body, key=key))
            await until(partial(somebody_waits, till))
            async with asyncio.timeout(10):
                others = await asyncio.gather(*(clerks[n % 2].post(REDEMPTIONS, body, key=key) for n in range(16)))
        for answer in others:
            assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "idempotency.in_flight")
        done = await first
        assert done.status_code == CREATED
        for clerk in clerks:
            assert same(await clerk.post(REDEMPTIONS, body, key=key), done)
        assert await till.counted(campaign) == (1, 1, 1, 1)

    async def test_the_optional_key_of_a_claim_and_of_a_campaign(self, till: Till) -> None:
        key, body = str(uuid4()), campaign_body(till.foundation.shop, per_person=5)
        one, other = [await till.caller("merchant", process=n).post(CAMPAIGNS, body, key=key) for n in range(2)]
        assert one.status_code == CREATED
        assert same(one, other)
        campaign = one.json()
        one, other = [await till.caller("customer", process=n).post(claims_of(campaign), key=key) for n in range(2)]
        assert one.status_code == CREATED
        assert same(one, other)
        # Without a key each is a command of its own.
        assert (await till.claim(campaign))["id"] != one.json()["id"]
        assert await till.counted(campaign) == (2, 0, 2, 0)

    async def test_another_body_is_refused(self, till: Till) -> None:
        campaign, body = await a_claim(till)
        key, merchant = str(uuid4()), till.caller("merchant")
        first = await merchant.post(REDEMPTIONS, body, key=key)
        for other in (body | {"shop_id": str(till.foundation.shop)}, {"code": "000000"}):
            answer = await merchant.post(REDEMPTIONS, other, key=key)
            assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency.other_request")
        assert same(await merchant.post(REDEMPTIONS, body, key=key), first)
        assert await till.counted(campaign) == (1, 1, 1, 1)

    async def test_another_caller_operation_or_foundation_is_another_command(self, till: Till, other_till: Till) -> None:
        campaign, body = await a_claim(till)
        key = str(uuid4())
        first = await till.caller("merchant").post(REDEMPTIONS, body, key=key)
        answer = await till.caller("clerk").post(REDEMPTIONS, body, key=key)
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "coupons.already_redeemed")
        made = await till.caller("merchant").post(CAMPAIGNS, campaign_body(till.foundation.shop), key=key)
        assert (made.status_code, made.json()["claimed"]) == (CREATED, 0)
        for one in (made.json(), campaign):
            claimed = await till.caller("customer").post(claims_of(one), key=key)
            assert claimed.json().get("campaign_id", one["id"]) == one["id"]
        _, theirs = await a_claim(other_till)
        foreign = await other_till.caller("merchant").post(REDEMPTIONS, theirs, key=key)
        assert foreign.status_code == CREATED
        assert foreign.json()["id"] != first.json()["id"]
        assert await kept(till, key) == 6

    async def test_after_48_hours_it_is_carried_out_anew(self, till: Till) -> None:
        campaign = await till.campaign(per_person=5)
        key, customer = str(uuid4()), till.caller("customer")
        first = await customer.post(claims_of(campaign), key=key)
        age = "update core.idempotency set created_at = now() - interval '{}' where key = $1"
        await till.site.admin.execute(age.format("47 hours 59 minutes"), key)
        assert same(await customer.post(claims_of(campaign), key=key), first)
        await till.site.admin.execute(age.format("48 hours 1 minute"), key)
        anew = await customer.post(claims_of(campaign), key=key)
        assert (anew.status_code, anew.json()["id"] != first.json()["id"]) == (CREATED, True)
        assert same(await customer.post(claims_of(campaign), key=key), anew)
        assert await till.counted(campaign) == (2, 0, 2, 0)


class TestRefusals:
    async def test_a_refusal_of_the_business_is_kept_word_for_word(self, till: Till) -> None:
        campaign = await till.campaign(stock=1)
        await till.claim(campaign)
        key, late = str(uuid4()), till.caller("other customer")
        first = await late.post(claims_of(campaign), key=key)
        assert first.json()["code"] == "coupons.sold_out"
        await till.site.admin.execute("update plugin_coupons.campaign set stock = 9 where id = $1", UUID(campaign["id"]))
        again = await late.at(till.site.servers[1].url).post(claims_of(campaign), key=key, headers={"Accept-Language": "en"})
        assert same(again, first)
        assert (await late.post(claims_of(campaign), key=str(uuid4()))).status_code == CREATED

    async def test_what_says_nothing_of_the_business_is_not_kept(self, till: Till) -> None:
        campaign, body = await a_claim(till)
        key = str(uuid4())
        refused = {
            HTTPStatus.UNAUTHORIZED: (till.caller(None), body),
            HTTPStatus.FORBIDDEN: (till.caller("customer"), body),
            HTTPStatus.UNPROCESSABLE_ENTITY: (till.caller("merchant"), {"code": "12"}),
        }
        for status, (caller, sent) in refused.items():
            assert (await caller.post(REDEMPTIONS, sent, key=key)).status_code == status
        assert (await till.caller("merchant").post(REDEMPTIONS, body)).status_code == HTTPStatus.BAD_REQUEST
        assert await kept(till, key) == 0
        assert (await till.caller("merchant").post(REDEMPTIONS, body, key=key)).status_code == CREATED
        assert await till.counted(campaign) == (1, 1, 1, 1)

    async def test_who_lost_the_right_does_not_get_the_answer_again(self, till: Till) -> None:
        _, body = await a_claim(till)
        key, clerk = str(uuid4()), till.caller("clerk")
        first = await clerk.post(REDEMPTIONS, body, key=key)
        assert first.status_code == CREATED
        end = "update core.membership set ended_at = {} where person_id = $1 and role = 'clerk'"
        await till.site.admin.execute(end.format("now()"), till.foundation.people["clerk"])
        try:
            for process in range(2):
                answer = await till.caller("clerk", process=process).post(REDEMPTIONS, body, key=key)
                assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNAUTHORIZED, "http.token")
        finally:
            await till.site.admin.execute(end.format("null"), till.foundation.people["clerk"])
        assert same(await clerk.post(REDEMPTIONS, body, key=key), first)


class TestCrash:
    async def test_killed_between_commit_and_answer(self, till: Till) -> None:
        campaign, body = await a_claim(till)
        key = str(uuid4())

        async def committed() -> bool:
            return await kept(till, key) == 1

        async with running_server(till.site.settings, till.site.redis_url) as doomed:
            address = re.fullmatch(r"http://([\d.]+):(\d+)", doomed.url)
            assert address is not None
            _, writer = await asyncio.open_connection(address[1], int(address[2]))
            writer.write(raw_request(till.foundation, body, key))
            await until(committed)
            doomed.process.kill()
            writer.close()
        answer = await till.caller("merchant").post(REDEMPTIONS, body, key=key)
        assert answer.status_code == CREATED
        assert same(await till.caller("merchant", process=1).post(REDEMPTIONS, body, key=key), answer)
        assert await till.counted(campaign) == (1, 1, 1, 1)

    async def test_killed_before_commit(self, till: Till) -> None:
        campaign, body = await a_claim(till)
        key = str(uuid4())
        async with running_server(till.site.settings, till.site.redis_url) as doomed:
            caller: Caller = till.caller("merchant").at(doomed.url)
            async with till.site.admin.transaction():
                await hold(till, campaign)
                asked = asyncio.create_task(caller.post(REDEMPTIONS, body, key=key))
                await until(partial(somebody_waits, till))
                doomed.process.kill()
                result = (await asyncio.gather(asked, return_exceptions=True))[0]
            assert not isinstance(result, Response)
        assert await till.counted(campaign) == (1, 0, 1, 0)
        assert (await answer_when_free(till.caller("merchant"), body, key)).status_code == CREATED
        assert await till.counted(campaign) == (1, 1, 1, 1)


def raw_request(foundation: Foundation, body: Row, key: str) -> bytes:
    """A redemption as bytes, from a client that will not read the answer."""
    content = f'{{"code":"{body["code"]}"}}'
    headers = {
        "Host": foundation.host,
        "Authorization": f"Bearer {foundation.tokens['merchant']}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {REDEMPTIONS} HTTP/1.1\r\n{lines}\r\n{content}".encode()
