"""One redis subscription for a process, and who listens there.

A bell carries no data: who hears it reads the database. So a lost bell delays, and never falsifies.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_PATTERN = "t:*:live:*"
_RETRY_SECONDS = 1.0
# A redis that takes the bell and never answers must not keep the request that rang it.
_RING_SECONDS = 1.0


class LiveHub:
    """Rings bells for other processes, and wakes this one's listeners.

    Args:
        redis: None when none is configured: only this process hears its bells, and others look again by the clock.
    """

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis
        self._listeners: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)

    async def ring(self, tenant_id: UUID, topic: str) -> None:
        """Wake the listeners of a topic on every process. Call it after the commit; it never fails."""
        channel = _channel(tenant_id, topic)
        if self._redis is None:
            self._wake(channel)
            return
        try:
            async with asyncio.timeout(_RING_SECONDS):
                await self._redis.publish(channel, b"")
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            log.warning("redis is away, a bell was not heard: %r", error)
            self._wake(channel)

    def listen(self, tenant_id: UUID, topic: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` at each bell of a topic, until the returned function is called."""
        channel = _channel(tenant_id, topic)
        self._listeners[channel].add(wake)

        def stop() -> None:
            self._listeners[channel].discard(wake)
            if not self._listeners[channel]:
                del self._listeners[channel]

        return stop

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
        for wake in tuple(self._listeners.get(channel, ())):
            wake()


def _channel(tenant_id: UUID, topic: str) -> str:
    return f"t:{tenant_id}:live:{topic}"
