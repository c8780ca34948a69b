"""Rooms of live pages within a process: the connections are ASGI's own `receive` and `send`, held in the test's hand."""

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from smilero_core.realtime.frames import Message
from smilero_core.realtime.hub import LiveHub
from smilero_core.realtime.listener import Listener
from smilero_core.realtime.rooms import Room, Rooms
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Live
from tests.support.cluster import Cluster
from tests.support.waiting import until

TENANT, TOPIC = uuid4(), "probe.thing.1"


@dataclass
class Browser:
    """A connection: what arrived, and a door that a slow reader keeps shut."""

    name: str
    arrived: list[MutableMapping[str, Any]] = field(default_factory=list)
    reads: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> MutableMapping[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if not self.reads.is_set():
            await self.reads.wait()
        self.arrived.append(message)

    @property
    def events(self) -> list[bytes]:
        return [message["body"] for message in self.arrived if b"event:" in message["body"]]


@dataclass
class Source:
    """What a room looks at."""

    value: int = 0
    looks: int = 0
    problem: Problem | None = None

    async def look(self) -> Live:
        self.looks += 1
        await asyncio.sleep(0)
        if self.problem is not None:
            raise self.problem
        return Live(TOPIC, "counts", {"value": self.value})


class House:
    """Rooms with the browsers in them."""

    def __init__(self, hub: LiveHub) -> None:
        self.hub = hub
        self.rooms: Rooms[str] = Rooms(hub)
        self.staying: list[asyncio.Task[None]] = []

    async def enter(self, source: Source, key: str = "all", *, reads: bool = True) -> tuple[Browser, Listener[str], Message]:
        browser = Browser(key)
        if reads:
            browser.reads.set()
        listener = Listener(key)
        with self.door(key, source) as room:
            frame = await room.open(TENANT, TOPIC)
            self.rooms.enter(room, listener)
        self.staying.append(asyncio.create_task(listener.stay(browser.receive, browser.send)))
        await asyncio.sleep(0)
        return browser, listener, frame.opening(None)

    def door(self, key: str, source: Source) -> AbstractContextManager[Room[str]]:
        return self.rooms.door(key, source.look)


@pytest.fixture
def house() -> House:
    """Without redis: bells are heard within the process."""
    return House(LiveHub(None))


def heard(browsers: Sequence[Browser], times: int) -> Callable[[], Any]:
    async def all_heard() -> bool:
        return all(len(browser.events) >= times for browser in browsers)

    return all_heard


def looked(source: Source, times: int) -> Callable[[], Any]:
    async def often_enough() -> bool:
        return source.looks >= times

    return often_enough


async def test_a_state_is_looked_at_and_encoded_once_for_all(house: House) -> None:
    source = Source()
    browsers = [(await house.enter(source))[0] for _ in range(300)]
    assert source.looks == 1
    source.value = 7
    await house.hub.ring(TENANT, TOPIC)
    await until(heard(browsers, 1))
    assert source.looks == 2
    assert {id(browser.arrived[0]["body"]) for browser in browsers} == {id(browsers[0].arrived[0]["body"])}
    assert b'data: {"value":7}\n' in browsers[0].events[0]


async def test_a_bell_that_changes_nothing_says_nothing(house: House) -> None:
    source = Source()
    browser, *_ = await house.enter(source)
    await house.hub.ring(TENANT, TOPIC)
    source.value = 1
    await house.hub.ring(TENANT, TOPIC)
    await until(heard([browser], 1))
    assert len(browser.arrived) == 1


async def test_bells_in_a_row_are_few_looks_and_the_last_state_is_told(house: House) -> None:
    source = Source()
    browser, *_ = await house.enter(source)
    for value in range(1, 501):
        source.value = value
        await house.hub.ring(TENANT, TOPIC)
        await asyncio.sleep(0)

    async def last_is_told() -> bool:
        return bool(browser.events) and b'{"value":500}' in browser.events[-1]

    await until(last_is_told)
    assert source.looks < 50


async def test_a_slow_reader_holds_nobody_up_and_gets_the_newest(house: House) -> None:
    source = Source()
    slow, *_ = await house.enter(source, reads=False)
    quick, *_ = await house.enter(source)
    for value in range(1, 4):
        source.value = value
        await house.hub.ring(TENANT, TOPIC)
        await until(heard([quick], value))
    assert slow.arrived == []
    slow.reads.set()
    await until(heard([slow], 2))
    assert [event.partition(b"data: ")[2].strip() for event in slow.events] == [b'{"value":1}', b'{"value":3}']


async def test_one_who_is_slow_and_may_no_longer_see_it_gets_nothing_newer(house: House) -> None:
    source = Source()
    slow, listener, _ = await house.enter(source, reads=False)
    for value in range(1, 3):
        source.value = value
        await house.hub.ring(TENANT, TOPIC)
        await until(looked(source, value + 1))
    listener.send_away()
    source.value = 9
    await house.hub.ring(TENANT, TOPIC)
    slow.reads.set()
    await until(heard([slow], 2))
    assert [b"gone" in event for event in slow.events] == [False, True]
    assert slow.arrived[-1]["more_body"] is False


async def test_what_may_no_longer_be_seen_sends_all_away_and_the_room_is_closed(house: House) -> None:
    source = Source()
    browsers = [(await house.enter(source))[0] for _ in range(5)]
    source.problem = Problem("http.not_found", 404)
    await house.hub.ring(TENANT, TOPIC)
    await until(heard(browsers, 1))
    assert all(b"event: gone" in browser.events[0] and browser.arrived[-1]["more_body"] is False for browser in browsers)
    assert len(house.rooms) == 0
    source.problem, source.value = None, 3
    again, _, opening = await house.enter(source)
    assert b'{"value":3}' in opening["body"]  # type: ignore[operator]  # a message's body is bytes
    assert again.arrived == []


async def test_a_busy_database_closes_no_door(house: House) -> None:
    source = Source()
    browser, *_ = await house.enter(source)
    source.problem = Problem("database.busy", 503)
    await house.hub.ring(TENANT, TOPIC)
    await until(looked(source, 2))
    source.problem, source.value = None, 1
    await house.hub.ring(TENANT, TOPIC)
    await until(heard([browser], 1))
    assert b'{"value":1}' in browser.events[0]


async def test_who_leaves_is_forgotten_and_the_last_one_closes_the_room(house: House) -> None:
    source = Source()
    browsers = [(await house.enter(source))[0] for _ in range(3)]
    for browser in browsers:
        browser.left.set()
    await asyncio.gather(*house.staying)
    assert len(house.rooms) == 0
    await house.hub.ring(TENANT, TOPIC)
    assert source.looks == 1


async def test_a_look_that_fails_at_the_door_lets_nobody_in_and_keeps_nothing(house: House) -> None:
    source = Source(problem=Problem("http.not_found", 404))
    with pytest.raises(Problem, match=r"http\.not_found"):
        await house.enter(source)
    source.problem = None
    await house.enter(source)
    assert (len(house.rooms), source.looks) == (1, 2)


async def test_a_moved_listener_sees_the_other_room_and_no_longer_the_first(house: House) -> None:
    mine, theirs = Source(value=1), Source(value=2)
    browser, listener, _ = await house.enter(mine, "mine")
    await house.enter(theirs, "theirs")
    with house.door("theirs", theirs) as room:
        await room.open(TENANT, TOPIC)
        house.rooms.move(listener, room)
    assert [b'{"value":2}' in event for event in browser.events] == [True]
    mine.value, theirs.value = 10, 20
    await house.hub.ring(TENANT, TOPIC)
    await until(heard([browser], 2))
    assert b'{"value":20}' in browser.events[-1]


async def test_the_clock_looks_again_and_checks_everybody(house: House) -> None:
    source, turns = Source(), 0
    checked: set[Listener[str]] = set()
    browsers = [await house.enter(source) for _ in range(25)]

    async def check(listeners: Sequence[Listener[str]]) -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            msg = "the database is away"
            raise ConnectionError(msg)
        checked.update(listeners)

    turning = asyncio.create_task(house.rooms.run(check))
    source.value = 5  # and no bell
    await until(heard([browser for browser, *_ in browsers], 1))

    async def all_checked() -> bool:
        return len(checked) == len(browsers)

    await until(all_checked)
    turning.cancel()


async def test_a_redis_that_goes_and_comes_back_wakes_everybody(cluster: Cluster) -> None:
    client, other = Redis.from_url(cluster.redis_url), Redis.from_url(cluster.redis_url)
    house = House(LiveHub(client))
    passing_on = asyncio.create_task(house.hub.run())
    try:
        source = Source()
        browser, *_ = await house.enter(source)
        foreign: UUID = uuid4()

        async def rung() -> bool:  # until the subscription stands, bells are lost
            await LiveHub(other).ring(foreign, TOPIC)
            await LiveHub(other).ring(TENANT, TOPIC)
            return len(browser.events) == 1

        source.value = 1
        await until(rung)
        source.value = 2
        await other.client_kill_filter(_type="pubsub")
        await until(heard([browser], 2))
        assert b'{"value":2}' in browser.events[-1]
    finally:
        passing_on.cancel()
        await client.aclose()
        await other.aclose()
