"""Fixed windows in redis: a count that expires."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from smilero_sdk.errors import Problem
from smilero_sdk.limits import limit_of

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True)
class Rule:
    """So many in so many seconds.

    Attributes:
        fails_closed: whether nothing is allowed while redis is away (codes), or everything (reading).
    """

    name: str
    most: int
    seconds: int
    fails_closed: bool


def rule_of(source: str, handler: Callable[..., object]) -> Rule | None:
    """The rule that a plugin, or the core, declared of a command with `limited`. It stays open: redis may be lost."""
    limit = limit_of(handler)
    return Rule(f"{source}.{handler.__name__}", limit.most, limit.seconds, fails_closed=False) if limit else None


class Limiter:
    """Counts per tenant, rule and subject.

    Args:
        redis: None when none is configured, which counts as away.
    """

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis

    async def take(self, tenant_id: UUID, rule: Rule, subject: str) -> None:
        """Count one. Raises `limits.reached` (429) with Retry-After, `limits.away` (503) when a closed rule cannot be counted."""
        try:
            # A redis that takes a command and never answers is away too.
            async with asyncio.timeout(_PATIENCE_SECONDS):
                count, left = await self._count(f"t:{tenant_id}:limit:{rule.name}:{subject}", rule.seconds)
        except (RedisError, OSError) as error:
            log.warning("redis is away: %r", error)
            if rule.fails_closed:
                raise Problem("limits.away", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"}) from error
            return
        if count > rule.most:
            minutes = max(1, -(-left // 60))
            raise Problem("limits.reached", HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(left)}, minutes=minutes)

    async def forget(self, tenant_id: UUID, rule: Rule, subject: str) -> None:
        """Forget what was counted. While redis is away it stays, until its window ends."""
        if self._redis is not None:
            with suppress(RedisError, OSError):
                await self._redis.delete(f"t:{tenant_id}:limit:{rule.name}:{subject}")

    async def _count(self, key: str, seconds: int) -> tuple[int, int]:
        if self._redis is None:
            msg = "no redis is configured"
            raise ConnectionError(msg)
        async with self._redis.pipeline(transaction=True) as pipe:
            # The first request opens the window with its end; later ones only count (EXPIRE NX would need redis 7).
            pipe.set(key, 0, ex=seconds, nx=True)
            pipe.incr(key)
            pipe.ttl(key)
            counted = await pipe.execute()
        return int(counted[1]), max(int(counted[2]), 1)
