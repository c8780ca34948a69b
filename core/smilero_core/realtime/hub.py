"""One redis subscription for a process, and its listeners.

A bell carries no data: who hears it reads the database. So a lost bell delays, and never falsifies.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_PATTERN = "t:*:live:*"
_RETRY_SECONDS = 1.0


class LiveHub:
    """Rings bells for other processes, and wakes this one's listeners.

    Args:
        redis: None when none is configured: nobody is woken, and listeners look again by the clock.
    """

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def ring(self, tenant_id: UUID, topic: str) -> None:
        """Wake the listeners of a topic on every process. Call it after the commit; it never fails."""
        channel = _channel(tenant_id, topic)
        if self._redis is None:
            self._wake(channel)
            return
        try:
            await self._redis.publish(channel, b"")
        except (RedisError, OSError) as error:
            log.warning("redis is away, a bell was not heard: %s", error)
            self._wake(channel)

    @contextmanager
    def listening(self, tenant_id: UUID, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set when the topic's bell rings; clear it before looking."""
        channel, event = _channel(tenant_id, topic), asyncio.Event()
        self._listeners[channel].add(event)
        try:
            yield event
        finally:
            self._listeners[channel].discard(event)
            if not self._listeners[channel]:
                del self._listeners[channel]

    async def run(self) -> None:
        """Pass bells on until cancelled; a lost redis is tried again each second, and then everybody looks."""
        if self._redis is None:
            return
        while True:
            with suppress(RedisError, OSError):
                await self._pass_on(self._redis)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _pass_on(self, redis: Redis) -> None:
        async with redis.pubsub() as pubsub:
            await pubsub.psubscribe(_PATTERN)
            for channel in list(self._listeners):
                self._wake(channel)
            async for message in pubsub.listen():
                if message["type"] == "pmessage":
                    self._wake(message["channel"].decode())

    def _wake(self, channel: str) -> None:
        for event in self._listeners.get(channel, ()):
            event.set()


def _channel(tenant_id: UUID, topic: str) -> str:
    return f"t:{tenant_id}:live:{topic}"
