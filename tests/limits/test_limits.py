"""Limits hold when ten times as many come at once, over two processes, and each subject has its own (check B6)."""

import asyncio
import pkgutil
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from importlib import import_module
from itertools import count
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from redis.asyncio import Redis

from smilero_core.limits.limiter import Limiter, Rule
from smilero_coupons.routes import CLAIMS
from smilero_sdk.errors import Problem
from tests.conftest import LookedAt
from tests.support.coupons import Till, claims_of
from tests.support.faces import Guest, Town, new_town, sentence
from tests.support.servers import OwnRedis
from tests.support.waiting import until
from tests.support.web import running_server

pytestmark = pytest.mark.suite("B6")

AT_ONCE, TIMES = 32, 10
RULES_FLOOR = 11
_phones = count(1)

Try = Callable[[Guest], Awaitable[Response]]


def new_phone() -> str:
    """A number that nobody has."""
    return f"010-6{next(_phones):03d}-0000"


def rules() -> Mapping[str, Rule]:
    """Every rule that a module of ours has."""
    for package in ("smilero_core", "smilero_tenants", "smilero_web"):
        for found in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if ".testhost" not in found.name:
                import_module(found.name)
    ours = [vars(module) for name, module in list(sys.modules.items()) if name.startswith("smilero_")]
    return {value.name: value for names in ours for value in names.values() if isinstance(value, Rule)}


@pytest.mark.parametrize("name", sorted(rules()))
async def test_exactly_so_many_pass(own_redis: OwnRedis, name: str) -> None:
    """Of ten times as many, by 32 at once over the connections of two processes."""
    rule, tenants = rules()[name], (uuid4(), uuid4())
    async with Redis.from_url(own_redis.url) as one, Redis.from_url(own_redis.url) as two:
        limiters = (Limiter(one), Limiter(two))
        passed: Counter[tuple[UUID, str]] = Counter()
        numbers = iter(range(rule.most * TIMES))

        async def client(limiter: Limiter) -> None:
            for number in numbers:
                whose = (tenants[0], "a")
                passed.update([whose] * await _passes(limiter, rule, whose))
                if number < rule.most:
                    for other in ((tenants[0], "b"), (tenants[1], "a")):
                        passed.update([other] * await _passes(limiter, rule, other))

        await asyncio.gather(*(client(limiters[turn % 2]) for turn in range(AT_ONCE)))
        assert set(passed.values()) == {rule.most}
        assert len(passed) == 3
        for tenant in tenants:
            keys = [key async for key in one.scan_iter(f"t:{tenant}:limit:{name}:*")]
            assert [0 < await one.ttl(key) <= rule.seconds for key in keys] == [True] * len(keys)
            assert keys


async def _passes(limiter: Limiter, rule: Rule, whose: tuple[UUID, str]) -> bool:
    try:
        await limiter.take(whose[0], rule, whose[1])
    except Problem as problem:
        if problem.status == HTTPStatus.TOO_MANY_REQUESTS and 0 < int(problem.headers["Retry-After"]) <= rule.seconds:
            return False
        raise
    return True


def test_they_are_as_many_as_before(looked_at: LookedAt) -> None:
    looked_at("rules", list(rules()))
    assert len(rules()) >= RULES_FLOOR


async def of_many(town: Town, attempt: Try, times: int, *, who: str | None = None) -> list[Response]:
    """What so many attempts are answered, by 32 at once over both processes."""
    numbers, answers = iter(range(times)), list[Response]()

    async def client(process: int) -> None:
        guest = await town.signed_in(who, process=process) if who else town.guest(process=process)
        for _ in numbers:
            answers.append(await attempt(guest))

    await asyncio.gather(*(client(turn % 2) for turn in range(AT_ONCE)))
    return answers


def limited(answers: list[Response]) -> tuple[int, int]:
    """How many were let through, and how many were told to come later, in words and with a time."""
    later = [one for one in answers if one.status_code == HTTPStatus.TOO_MANY_REQUESTS]
    assert all(int(one.headers["retry-after"]) > 0 and ("분" in one.text or "minutes" in one.text) for one in later)
    assert all(one.status_code < HTTPStatus.INTERNAL_SERVER_ERROR for one in answers)
    return len(answers) - len(later), len(later)


async def test_codes_for_one_phone(town: Town) -> None:
    most = rules()["code-phone"].most
    # The sender's address has a limit of its own, which a test of the phone's must not meet.
    assert most * 2 < rules()["code-address"].most
    phone = new_phone()
    answers = [await town.ask_code(town.guest(process=turn % 2), phone) for turn in range(most * 2)]
    assert limited(answers) == (most, most)
    sent = "select count(*) from core.message where tenant_id = $1"
    assert await town.site.admin.fetchval(sent, town.foundation.id) == most
    # Another number of the same address, and the same number of another foundation.
    assert (await town.ask_code(town.guest(), new_phone())).status_code == HTTPStatus.SEE_OTHER
    elsewhere = await new_town(town.site)
    assert (await elsewhere.ask_code(elsewhere.guest(), phone)).status_code == HTTPStatus.SEE_OTHER


async def test_codes_from_one_address(town: Town) -> None:
    most = rules()["code-address"].most
    forged = count(1)

    async def attempt(guest: Guest) -> Response:
        # Whoever says to be somebody else is not believed: no proxy is before us.
        number = next(forged)
        told = {"X-Forwarded-For": f"203.0.113.{number % 250}", "X-Real-IP": "198.51.100.7", "Forwarded": f"for=192.0.2.{number % 250}"}
        return await guest.post("/sign-in", {"phone": new_phone(), "next": "/"}, headers=told)

    assert limited(await of_many(town, attempt, most * TIMES)) == (most, most * (TIMES - 1))
    elsewhere = await new_town(town.site)
    assert (await elsewhere.ask_code(elsewhere.guest(), new_phone())).status_code == HTTPStatus.SEE_OTHER


async def test_behind_a_proxy_each_address_has_its_own(town: Town) -> None:
    most = rules()["code-address"].most
    site = town.site
    async with running_server(site.settings, site.redis_url, SMILERO_PROXIES="127.0.0.1") as behind:
        guest = town.guest(url=behind.url)
        for address, passes in (("203.0.113.5", most), ("203.0.113.6", 1)):
            # The proxy appends whom it saw to what the sender claimed.
            told = {"X-Forwarded-For": f"10.0.0.{most}, {address}"}
            answers = [await guest.post("/sign-in", {"phone": new_phone(), "next": "/"}, headers=told) for _ in range(passes)]
            assert limited(answers) == (passes, 0)
        again = await guest.post("/sign-in", {"phone": new_phone()}, headers={"X-Forwarded-For": "9.9.9.9, 203.0.113.5"})
        assert again.status_code == HTTPStatus.TOO_MANY_REQUESTS


async def test_tries_of_one_code(town: Town) -> None:
    """Counted in the database, whoever is away: of 320 tries at once no more than five are judged."""
    asking = town.guest()
    await town.ask_code(asking, new_phone())
    right = await town.code_sent()

    async def attempt(guest: Guest) -> Response:
        guest.cookies = dict(asking.cookies)
        return await guest.post("/sign-in/code", {"code": f"{(int(right) + 1) % 1_000_000:06d}"})

    answers = await of_many(town, attempt, AT_ONCE * TIMES)
    assert not [
        one for one in answers if one.status_code < HTTPStatus.BAD_REQUEST and "__Host-session" in one.headers.get("set-cookie", "")
    ]
    judged = [one for one in answers if "번 더" in sentence(one)]
    assert len(judged) == 4
    last = await attempt_with(town, asking, right)
    assert "set-cookie" not in last.headers


async def attempt_with(town: Town, asking: Guest, code: str) -> Response:
    """A try on the device that asked."""
    guest = town.guest()
    guest.cookies = dict(asking.cookies)
    return await guest.post("/sign-in/code", {"code": code})


async def test_tries_from_one_address(town: Town) -> None:
    """Whoever tries codes of many devices is stopped before any is judged."""
    rule = rules()["code-tries"]

    async def attempt(guest: Guest) -> Response:
        return await guest.post("/sign-in/code", {"code": "000000"})

    answers = await of_many(town, attempt, rule.most * TIMES)
    assert limited(answers) == (rule.most, rule.most * (TIMES - 1))


async def test_claims_of_one_customer(town: Town) -> None:
    """What a plugin limits by `limited`: of ten times as many over two processes so many are judged, by the API and by the page each."""
    till = Till(town.site, town.foundation)
    campaign = await till.campaign(stock=5, per_person=5)
    most, _ = CLAIMS
    customer, other = await town.signed_in("customer"), await town.signed_in("other customer")

    async def attempt(guest: Guest) -> Response:
        guest.cookies = dict(customer.cookies)
        return await guest.post(f"/coupons/c/{campaign['id']}/claim", key=str(uuid4()))

    answers = await of_many(town, attempt, most * TIMES)
    assert limited(answers) == (most, most * (TIMES - 1))
    assert (await till.counted(campaign))[0] == 5
    # Another's are counted apart, and so are those by the API.
    assert limited([await other.post(f"/coupons/c/{campaign['id']}/claim", key=str(uuid4()))]) == (1, 0)
    by_api = [await till.caller("customer").post(claims_of(campaign)) for _ in range(most + 1)]
    assert limited(by_api) == (most, 1)
    assert by_api[-1].json()["code"] == "limits.reached"


@pytest.mark.parametrize("address", ["/sign-in/link/{token}", "/join/{token}"])
async def test_links_from_one_address(town: Town, address: str) -> None:
    rule = rules()["code-address" if "link" in address else "join-address"]

    async def attempt(guest: Guest) -> Response:
        return await guest.post(address.format(token=uuid4().hex))

    assert limited(await of_many(town, attempt, rule.most * TIMES)) == (rule.most, rule.most * (TIMES - 1))


async def test_invitations_by_one_session_and_to_one_phone(town: Town) -> None:
    staff, phone = await town.signed_in("staff"), new_phone()
    most = rules()["invite-phone"].most
    page = f"/console/shops/{town.foundation.shop}/people"

    async def attempt(guest: Guest) -> Response:
        guest.cookies = dict(staff.cookies)
        return await guest.post(page, {"phone": phone, "name": "김새롬", "role": "clerk"})

    by_one = rules()["invite-by"].most
    assert limited(await of_many(town, attempt, by_one * 2))[0] <= most
    assert limited([await attempt(town.guest(process=1))]) == (0, 1)


@contextmanager
def away(own_redis: OwnRedis, how: str) -> Iterator[None]:
    """Without redis, until the end of the block."""
    (own_redis.kill if how == "killed" else own_redis.hang)()
    try:
        yield
    finally:
        (own_redis.start if how == "killed" else own_redis.go_on)()


@pytest.mark.parametrize("how", ["killed", "hanging"])
async def test_without_redis_codes_are_closed_and_reading_and_the_till_are_open(town: Town, own_redis: OwnRedis, how: str) -> None:
    till = Till(town.site, town.foundation)
    campaign = await till.campaign(stock=50, per_person=50)
    coupon = await till.claim(campaign)
    guest, owner, merchant = town.guest(), await town.signed_in("owner"), await town.signed_in("merchant")
    invited = f"/console/shops/{town.foundation.shop}/people"
    with away(own_redis, how):
        async with asyncio.timeout(25):
            closed = [
                await town.ask_code(guest, new_phone()),
                await guest.post(f"/sign-in/link/{uuid4().hex}"),
                await guest.post(f"/join/{uuid4().hex}"),
                await owner.post(invited, {"phone": new_phone(), "name": "김새롬", "role": "clerk"}),
            ]
            assert [one.status_code for one in closed] == [HTTPStatus.SERVICE_UNAVAILABLE] * len(closed)
            assert all(one.headers["retry-after"] == "5" for one in closed)
            assert all("다시" in sentence(one) for one in closed), [sentence(one) for one in closed]
            codes = "select count(*) from core.sign_in_code where tenant_id = $1"
            assert await town.site.admin.fetchval(codes, town.foundation.id) == 0
            opened = [await guest.get("/"), await guest.get(f"/storefront/shops/{town.foundation.shop}"), await merchant.get("/portal")]
            assert [one.status_code for one in opened] == [HTTPStatus.OK] * len(opened)
            await till.redeem(coupon["code"])
            await till.redeem((await till.claim(campaign))["code"], "clerk")

    async def goes_again() -> bool:
        return (await town.ask_code(town.guest(), new_phone())).status_code == HTTPStatus.SEE_OTHER

    await until(goes_again)


async def test_a_code_is_judged_without_redis(town: Town, own_redis: OwnRedis) -> None:
    """Codes and their tries are in the database, which redis holds nothing of: nobody gets more tries than five by its end."""
    guest = town.guest()
    await town.ask_code(guest, new_phone())
    code = await town.code_sent()
    with away(own_redis, "killed"):
        tries = [await attempt_with(town, guest, f"{(int(code) + 1) % 1_000_000:06d}") for _ in range(6)]
    assert "set-cookie" not in (await attempt_with(town, guest, code)).headers
    assert {one.status_code for one in tries} == {HTTPStatus.UNPROCESSABLE_ENTITY}
