"""One open live page: what it is told, and how it does not hold up the others."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Hashable, MutableMapping
from functools import partial
from types import coroutine
from typing import Any, Generic, Protocol, TypeVar, cast

from smilero_core.realtime.frames import CLOSING, GONE, STILL_HERE, Frame, Message

Viewer = TypeVar("Viewer")
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Home(Protocol[Viewer]):
    """A room, as its listeners know it; `rooms.Room` is one.

    Attributes:
        key: of what is seen there.
    """

    key: Hashable
    listeners: "set[Listener[Viewer]]"
    frame: Frame | None

    def leave(self, listener: "Listener[Viewer]", /) -> None:
        """Tell a listener nothing more."""

    def close_if_empty(self) -> None:
        """Nobody listens: nor need the room."""


class Listener(Generic[Viewer]):
    """A connection of a room.

    A message is sent in place, by whoever tells it: no task wakes for it. One that would have to wait, because its reader is
    slow, goes on in a task of its own, and of what comes meanwhile the newest alone is kept.

    Attributes:
        viewer: whose page it is, for the check of sessions and roles.
        room: None when it is over.
    """

    __slots__ = ("_last", "_send", "_slow", "_waiting", "room", "viewer")

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.room: Home[Viewer] | None = None
        self._send: Send | None = None
        self._slow: asyncio.Task[None] | None = None
        self._waiting: Message | None = None
        self._last: Message | None = None

    async def stay(self, receive: Receive, send: Send) -> None:
        """Until the visitor leaves or is sent away. `send` must be the server's own: the answer's head has gone already."""
        self._send = send
        if self.room is None:  # sent away before it came here
            await send(self._last or CLOSING)
            return
        if self._last is not None:
            self._push(self._last)
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self.leave()
            if self._slow is not None:
                self._slow.cancel()

    def tell(self, message: Message) -> None:
        """Send it, or keep it until the reader has taken what was sent before."""
        if self._send is None:
            self._last = message
        elif self._slow is None:
            self._push(message)
        else:
            self._waiting = message

    def still_here(self) -> None:
        """Say that the connection lives; nothing to somebody who is slow."""
        if self.room is not None and self._send is not None and self._slow is None:
            self._push(STILL_HERE)

    def send_away(self) -> None:
        """End the stream for somebody who may no longer see it."""
        self._end(GONE)

    def close(self) -> None:
        """End the stream because the process ends."""
        self._end(CLOSING)

    def leave(self) -> None:
        """Be told nothing more."""
        if self.room is not None:
            self.room.leave(self)
            self.room = None

    def _end(self, message: Message) -> None:
        if self.room is not None:
            self.leave()
            self.tell(message)

    def _push(self, message: Message) -> None:
        assert self._send is not None  # noqa: S101 - whoever calls has looked
        step = cast("Coroutine[Any, Any, None]", self._send(message))
        try:
            waits_for = step.send(None)
        except StopIteration:
            return
        except OSError:  # it left just now; the server tells `receive`
            return
        self._slow = asyncio.ensure_future(self._take_time(step, waits_for))

    async def _take_time(self, step: Coroutine[Any, Any, None], waits_for: object) -> None:
        try:
            await _resumed(step, waits_for)
            while (message := self._waiting) is not None:
                self._waiting = None
                await cast("Send", self._send)(message)
        except OSError:
            return
        finally:
            self._slow = None


@coroutine
def _resumed(step: Coroutine[Any, Any, None], waits_for: object) -> Generator[object, object, None]:
    """Go on with a coroutine that has begun outside of a task and waits for something: hand that up to this task, as `await` would."""
    go_on: Callable[[], object]
    while True:
        try:
            value = yield waits_for
        except BaseException as error:  # noqa: BLE001 - a cancellation too belongs to the coroutine
            go_on = partial(step.throw, error)
        else:
            go_on = partial(step.send, value)
        try:
            waits_for = go_on()
        except StopIteration:
            return
