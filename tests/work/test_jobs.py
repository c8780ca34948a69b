"""Jobs: done once in one transaction, tried again with pauses, put aside at last."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from smilero_core.jobs.letters import Letters
from smilero_core.jobs.rows import JobRows
from smilero_core.messaging.channels import DevelopmentChannel, Outcome
from smilero_core.plugins.work import LEASE
from smilero_sdk.jobs import TRIES
from tests.support.waiting import until
from tests.support.workers import Yard
from tests.toll.smilero_toll.plugin import GATE, Number, Turned


async def holds(found: Awaitable[object], wanted: object) -> bool:
    return await found == wanted


async def test_a_job_has_its_effect_once_and_is_gone(yard: Yard) -> None:
    tenant, other = yard.tenants
    await yard.later(tenant, "note", 7)
    await yard.work_off(tenant)
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["note 7"]
    assert await yard.jobs(tenant) == []
    assert await yard.effects(other) == []


async def test_what_a_job_begins_is_done_too(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "chain", 3)
    for _ in range(2):
        await yard.work_off(tenant)
    assert sorted(await yard.effects(tenant)) == ["chain 3", "count 3", "note 3"]


async def test_a_job_of_a_rolled_back_request_never_was(yard: Yard) -> None:
    tenant, _ = yard.tenants

    async def queue_and_fail() -> None:
        async with yard.speaking(tenant) as context:
            await context.jobs.later("note", Number(number=1))
            raise KeyError

    with pytest.raises(KeyError):
        await queue_and_fail()
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == []


async def test_while_a_key_waits_no_second_job_does(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "note", 1, key="same")
    await yard.later(tenant, "note", 2, key="same")
    await yard.later(tenant, "note", 3, key="other")
    await yard.work_off(tenant)
    assert sorted(await yard.effects(tenant)) == ["note 1", "note 3"]
    async with yard.speaking(tenant) as context:
        await context.jobs.later("note", Number(number=4), key="same")
        assert await context.jobs.cancel("note", "same")
        assert not await context.jobs.cancel("note", "same")
    await yard.work_off(tenant)
    assert "note 4" not in await yard.effects(tenant)


async def test_a_job_for_later_waits(yard: Yard) -> None:
    tenant, _ = yard.tenants
    async with yard.speaking(tenant) as context:
        await context.jobs.later("note", Number(number=1), at=datetime.now(UTC) + timedelta(hours=1))
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == []
    assert await yard.relay.waiting() == []
    await yard.come_due()
    assert await yard.relay.waiting() == [tenant.id]
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["note 1"]


async def test_a_failure_leaves_nothing_waits_longer_each_time_and_is_put_aside(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "fail")
    pauses = []
    for attempt in (1, 2):
        await yard.work_off(tenant)
        assert await yard.jobs(tenant) == [("fail", "queued", attempt)]
        pauses.append(await yard.admin.fetchval("select run_at - now() from core.job"))
        await yard.work_off(tenant)  # not due: not begun
        assert await yard.jobs(tenant) == [("fail", "queued", attempt)]
        await yard.come_due()
    assert timedelta(0) < pauses[0] < pauses[1]
    await yard.work_off(tenant)
    await yard.come_due()
    await yard.work_off(tenant)
    assert await yard.jobs(tenant) == [("fail", "dead", 3)]
    assert await yard.effects(tenant) == []
    assert await yard.relay.waiting() == []


async def test_why_it_failed_is_told_without_anybodys_words(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "fail")
    await yard.work_off(tenant)
    why = await yard.admin.fetchval("select last_error from core.job")
    assert why.startswith("ValueError (smilero_toll/plugin.py:")
    assert "somebody" not in why


@pytest.mark.parametrize("name", ["swallow", "steal"])
async def test_an_effect_of_a_broken_transaction_is_undone(yard: Yard, name: str) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, name)
    await yard.later(tenant, "note", 1)
    await yard.work_off(tenant)
    assert await yard.jobs(tenant) == [(name, "dead", 1)]
    assert await yard.effects(tenant) == ["note 1"]


async def test_a_job_that_takes_too_long_has_failed(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "hang")
    assert await yard.bench_with(DevelopmentChannel(), budget=0.2).do_one(tenant, "toll")
    assert await yard.jobs(tenant) == [("hang", "dead", 1)]
    assert await yard.effects(tenant) == []
    await yard.later(tenant, "note", 1)
    await yard.work_off(tenant)
    assert await yard.effects(tenant) == ["note 1"]


async def test_a_job_that_nobody_declares_any_more_is_named(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "note", 1)
    await yard.later(tenant, "note", 2)
    await yard.admin.execute("update core.job set name = 'gone' where payload->>'number' = '1'")
    await yard.work_off(tenant)
    assert await yard.jobs(tenant) == [("gone", "queued", 1)]
    assert (await yard.admin.fetchval("select last_error from core.job")).startswith("UnknownJobError")
    assert await yard.effects(tenant) == ["note 2"]


async def test_a_payload_of_another_version_is_a_failure_of_that_job_alone(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "note", 1)
    await yard.later(tenant, "note", 2)
    await yard.admin.execute("""update core.job set payload = '{"name": "kim"}' where payload->>'number' = '1'""")
    await yard.work_off(tenant)
    why = await yard.admin.fetchval("select last_error from core.job")
    assert why.startswith("ValidationError")
    assert "kim" not in why
    assert await yard.effects(tenant) == ["note 2"]


async def test_two_take_different_jobs(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "note", 1)
    await yard.later(tenant, "note", 2)
    async with yard.speaking(tenant) as one, yard.speaking(tenant) as another:
        first, second = await JobRows(one.host).take("toll"), await JobRows(another.host).take("toll")
        assert first
        assert second
        assert first.id != second.id
        async with yard.speaking(tenant) as third:
            assert await JobRows(third.host).take("toll") is None


async def test_a_dead_letter_is_tried_again_or_thrown_away(yard: Yard) -> None:
    tenant, other = yard.tenants
    async with yard.speaking(tenant) as context:
        await context.events.emit(Turned(number=5))
    for _ in range(TRIES):
        await yard.work_off(tenant)
        await yard.come_due()
    async with yard.speaking(tenant) as context:
        letters = Letters(context.host)
        (dead,) = await letters.all()
        assert (dead.plugin, dead.kind, dead.what, dead.tries) == ("toll", "delivery", "refuse ← toll.turned", TRIES)
        assert await letters.count() == 1
    async with yard.speaking(other) as stranger:
        assert await Letters(stranger.host).again(dead.id) is None
        assert await Letters(stranger.host).discard(dead.id) is None
        assert await Letters(stranger.host).all() == []
    async with yard.speaking(tenant) as context:
        assert await Letters(context.host).again(dead.id) == "toll"
        assert await Letters(context.host).again(dead.id) is None
    assert await yard.jobs(tenant) == [("refuse", "queued", 0)]
    await yard.admin.execute("update core.job set state = 'dead'")
    async with yard.speaking(tenant) as context:
        assert await Letters(context.host).discard(dead.id) == "toll"
        assert await Letters(context.host).discard(dead.id) is None
    assert await yard.jobs(tenant) == []


async def test_a_job_that_calls_others_holds_no_transaction_and_is_done_once(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "call", 9)
    async with yard.speaking(tenant) as holder:
        await holder.db.fetch("select pg_advisory_xact_lock($1)", GATE)
        calling = asyncio.create_task(yard.bench.do_one(tenant, "toll"))
        await until(lambda: holds(yard.effects(tenant), ["intent 9"]))
        # Begun and told so: nobody else begins it, though no lock is held on its row.
        assert await yard.jobs(tenant) == [("call", "queued", 1)]
        assert not await yard.bench.do_one(tenant, "toll")
    assert await calling
    assert await yard.effects(tenant) == ["intent 9", "outcome 9"]
    assert await yard.jobs(tenant) == []


async def test_a_call_whose_worker_died_is_begun_again_with_the_same_id_when_its_lease_is_over(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "call", 9)
    async with yard.speaking(tenant) as dying:
        job = await JobRows(dying.host).take("toll")
        assert job
        await JobRows(dying.host).lease(job, LEASE)
    assert not await yard.bench.do_one(tenant, "toll")
    await yard.come_due()
    assert await yard.bench.do_one(tenant, "toll")
    ids = await yard.admin.fetch("select distinct subject_id from plugin_toll.effect")
    assert [row["subject_id"] for row in ids] == [job.id]


async def test_a_call_that_never_comes_back_is_put_aside_after_its_tries(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "call", 9)
    for attempt in (1, 2, 3):
        async with yard.speaking(tenant) as dying:
            job = await JobRows(dying.host).take("toll")
            assert job
            assert job.attempts == attempt - 1
            await JobRows(dying.host).lease(job, LEASE)
        await yard.come_due()
    assert await yard.bench.do_one(tenant, "toll")
    assert [name for name, state, _ in await yard.jobs(tenant) if state == "dead"] == ["call"]
    assert (await yard.admin.fetchval("select last_error from core.job")).startswith("LeaseRanOutError")
    assert await yard.effects(tenant) == []


async def test_a_call_that_fails_is_tried_again_and_put_aside(yard: Yard) -> None:
    tenant, _ = yard.tenants
    await yard.later(tenant, "call in vain")
    for _ in range(4):
        await yard.work_off(tenant)
        await yard.come_due()
    assert await yard.jobs(tenant) == [("call in vain", "dead", 2)]
    assert await yard.effects(tenant) == ["in vain 0", "in vain 0"]


class Carrier:
    """A channel that answers as it is told, or is cut off after the message has left."""

    def __init__(self, answer: Outcome | BaseException) -> None:
        self._answer = answer
        self.sent: list[tuple[UUID, str, str]] = []

    async def send(self, message_id: UUID, recipient: str, body: str) -> Outcome:
        self.sent.append((message_id, recipient, body))
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


async def queued_message(yard: Yard) -> UUID:
    tenant, _ = yard.tenants
    async with yard.speaking(tenant) as context:
        person = await context.people.ensure("010-3333-4444", "name")
        return await context.messages.send("paid", person.id, number=5)


async def state_of(yard: Yard, message_id: UUID) -> str:
    return str(await yard.admin.fetchval("select state from core.message where id = $1", message_id))


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.DELIVERED, Outcome.FAILED])
async def test_a_message_leaves_after_the_commit_and_its_outcome_is_kept(yard: Yard, outcome: Outcome) -> None:
    message_id, carrier = await queued_message(yard), Carrier(outcome)
    bench = yard.bench_with(carrier)
    for _ in range(2):
        await bench.take_turn(yard.tenants[0])
    assert carrier.sent == [(message_id, "+821033334444", "5번을 받았습니다.")]
    assert await state_of(yard, message_id) == outcome.value
    assert await yard.admin.fetchval("select count(*) from core.job") == 0


@pytest.mark.parametrize("cut", [ConnectionResetError(), asyncio.CancelledError()], ids=["the answer is lost", "the worker dies"])
async def test_an_answer_that_never_came_is_unknown_and_not_asked_for_again_by_sending(yard: Yard, cut: BaseException) -> None:
    message_id, carrier = await queued_message(yard), Carrier(cut)
    bench = yard.bench_with(carrier)
    for _ in range(3):
        try:
            await bench.do_one(yard.tenants[0], "core")
        except asyncio.CancelledError:
            assert isinstance(cut, asyncio.CancelledError)
        await yard.come_due()
    assert len(carrier.sent) == 1
    assert await state_of(yard, message_id) == "unknown"
    assert await yard.admin.fetchval("select count(*) from core.job") == 0
