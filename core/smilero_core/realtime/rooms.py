"""Live pages of a process: one look and one encoding for all who see the same, and one clock for everybody."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from typing import Generic
from uuid import UUID

from smilero_core.realtime.frames import Frame
from smilero_core.realtime.hub import LiveHub
from smilero_core.realtime.listener import Listener, Viewer
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Live

log = logging.getLogger(__name__)

Look = Callable[[], Awaitable[Live]]
Check = Callable[[Sequence[Listener[Viewer]]], Awaitable[None]]

# Door, session and role of each are asked again this often; a bell that redis lost is made good by it.
LOOK_AGAIN_SECONDS = 5.0
# The wheel has as many slots: each tick looks after a tenth of the pages.
_SLOTS = 10
# Every how many turns of the wheel a quiet connection hears something.
_TURNS_TO_SPEAK = 3
# Bells that ring in a shorter time are one look: nobody reads faster, and others need the processor too.
_REST_SECONDS = 0.1
# Others get their turn after so many deliveries.
_DELIVERIES_AT_ONCE = 100
# Looks must leave most of the pool to requests.
_LOOKS_AT_ONCE = 2


class Room(Generic[Viewer]):
    """Listeners who see the same.

    Args:
        key: of what they see.
        look: reads it; raises Problem when it may no longer be seen.

    Attributes:
        guests: how many are at the door.
        live: what was seen last, and `frame`, how it is told.
    """

    def __init__(self, rooms: "Rooms[Viewer]", key: Hashable, look: Look) -> None:
        self._rooms = rooms
        self._look = look
        self._turn = asyncio.Lock()
        self._rung = False
        self._following: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] | None = None
        self.key = key
        self.guests = 0
        self.listeners: set[Listener[Viewer]] = set()
        self.live: Live | None = None
        self.frame: Frame | None = None

    async def open(self, tenant_id: UUID, topic: str) -> Frame:
        """What is seen now; whoever comes first looks. From here on bells are heard. Raises what the look raises."""
        if self._stop_listening is None:
            self._stop_listening = self._rooms.hub.listen(tenant_id, topic, self.wake)
        async with self._turn:
            return self.frame or await self._seen()

    def enter(self, listener: Listener[Viewer]) -> None:
        """Tell a listener from now on."""
        self.listeners.add(listener)
        listener.room = self

    def leave(self, listener: Listener[Viewer]) -> None:
        """Tell a listener nothing more; the last one closes the room."""
        self.listeners.discard(listener)
        self._rooms.forget(listener)
        self.close_if_empty()

    def close_if_empty(self) -> None:
        """Nobody listens: neither do we."""
        if not self.listeners and not self.guests:
            self._rooms.drop(self)
            if self._stop_listening is not None:
                self._stop_listening()
                self._stop_listening = None

    def wake(self) -> None:
        """A bell rang, or the clock: look, unless it is being done. What rings meanwhile is looked at once more, a moment later."""
        self._rung = True
        if self._following is None:
            self._following = asyncio.ensure_future(self._follow())

    def send_away(self) -> None:
        """Nobody may see it any more."""
        for listener in tuple(self.listeners):
            listener.send_away()

    async def _follow(self) -> None:
        try:
            while self._rung and self.listeners:
                self._rung = False
                await self._tell_news()
                await asyncio.sleep(_REST_SECONDS)
        finally:
            self._following = None

    async def _tell_news(self) -> None:
        before = self.frame
        try:
            async with self._turn:
                now = await self._seen()
        except Problem as problem:
            # A database that is busy or away has not closed a door: the clock asks again.
            if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                self.send_away()
            return
        except Exception:
            log.exception("a live page could not look: %s", self.key)
            return
        if before is None or now.id != before.id:
            await self._tell(now)

    async def _seen(self) -> Frame:
        async with self._rooms.looking:
            live = await self._look()
        if self.frame is None or live != self.live:
            self.live, self.frame = live, Frame.of(live)
        return self.frame

    async def _tell(self, frame: Frame) -> None:
        for number, listener in enumerate(tuple(self.listeners), 1):
            if listener.room is self:  # it may have left while others had their turn
                listener.tell(frame.message)
            if number % _DELIVERIES_AT_ONCE == 0:
                await asyncio.sleep(0)


class Rooms(Generic[Viewer]):
    """All live pages of a process."""

    def __init__(self, hub: LiveHub) -> None:
        self.hub = hub
        self.looking = asyncio.Semaphore(_LOOKS_AT_ONCE)
        self._rooms: dict[Hashable, Room[Viewer]] = {}
        self._wheel: list[set[Listener[Viewer]]] = [set() for _ in range(_SLOTS)]
        self._room_wheel: list[set[Room[Viewer]]] = [set() for _ in range(_SLOTS)]
        self._numbers = count()
        self._closed = False

    def __len__(self) -> int:
        """How many pages are live."""
        return sum(map(len, self._wheel))

    @contextmanager
    def door(self, key: Hashable, look: Look) -> Iterator[Room[Viewer]]:
        """The room of those who see the same, kept open while somebody is about to enter it."""
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = Room(self, key, look)
            self._room_wheel[next(self._numbers) % _SLOTS].add(room)
        room.guests += 1
        try:
            yield room
        finally:
            room.guests -= 1
            room.close_if_empty()

    def enter(self, room: Room[Viewer], listener: Listener[Viewer]) -> None:
        """A new listener: its room tells it, and the clock looks after it. At the end of the process it is sent home at once."""
        room.enter(listener)
        self._wheel[next(self._numbers) % _SLOTS].add(listener)
        if self._closed:
            listener.close()

    def move(self, listener: Listener[Viewer], room: Room[Viewer]) -> None:
        """A listener now sees something else: another role, other shops."""
        old = listener.room
        if old is None:  # it left meanwhile
            return
        old.listeners.discard(listener)
        room.enter(listener)
        old.close_if_empty()
        if room.frame is not None and room.frame is not old.frame:
            listener.tell(room.frame.message)

    def forget(self, listener: Listener[Viewer]) -> None:
        """The clock need not look after it."""
        for slot in self._wheel:
            slot.discard(listener)

    def drop(self, room: Room[Viewer]) -> None:
        """A room without listeners."""
        if self._rooms.get(room.key) is room:
            del self._rooms[room.key]
        for slot in self._room_wheel:
            slot.discard(room)

    def close(self) -> None:
        """End every stream: open ones keep a server from stopping."""
        self._closed = True
        for slot in self._wheel:
            for listener in tuple(slot):
                listener.close()

    async def run(self, check: Check[Viewer]) -> None:
        """Turn the wheel until cancelled.

        Args:
            check: asks the database once for many listeners, and sends away, or moves, whom it must.
        """
        due = time.monotonic()
        for tick in count():
            due = max(due + LOOK_AGAIN_SECONDS / _SLOTS, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
            try:
                await self._look_after(tick % _SLOTS, check, speak=tick // _SLOTS % _TURNS_TO_SPEAK == 0)
            except Exception:
                # The database is away: nothing new can be shown either, and the next turn asks again.
                log.exception("live pages could not be looked after")

    async def _look_after(self, slot: int, check: Check[Viewer], *, speak: bool) -> None:
        for room in tuple(self._room_wheel[slot]):
            room.wake()
        listeners = tuple(self._wheel[slot])
        if listeners:
            await check(listeners)
        if speak:
            for listener in listeners:
                listener.still_here()
