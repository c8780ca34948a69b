"""arq as a doorbell: it says which tenant has something to do, and nothing that could be lost.

What is rung is one word: a tenant's id. Two names a tenant are enough: one may be at work, and the other waits behind it.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_WORK = "work"
# Bells of many transactions that end together are one.
_GATHER_SECONDS = 0.01
_POLL_SECONDS = 0.05
_RETRY_SECONDS = 1.0
# arq believes a killed worker to be at its job for this long and ten seconds more; the sweep does not wait for it.
_LONGEST_TURN = 90


class Bell:
    """Rings for tenants after commits, from a task of its own: no request waits for redis.

    Args:
        redis_url: of the server; empty for none.
    """

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._tenants: set[UUID] = set()
        self._rung = asyncio.Event()

    async def ring(self, tenant_id: UUID) -> None:
        """Let a worker look after a tenant. Call it after the commit; it never fails and waits for nothing."""
        self._tenants.add(tenant_id)
        self._rung.set()

    async def run(self) -> None:
        """Pass bells on until cancelled. One that redis does not take is forgotten: the worker's sweep finds the row."""
        if not self._url:
            return
        redis = _connect(self._url)
        try:
            while True:
                await self._rung.wait()
                await asyncio.sleep(_GATHER_SECONDS)
                self._rung.clear()
                tenants, self._tenants = self._tenants, set()
                try:
                    for tenant_id in tenants:
                        await _ring(redis, tenant_id)
                except (RedisError, OSError) as error:
                    log.warning("redis is away, %d bells were not heard: %s", len(tenants), error)
        finally:
            await redis.aclose(close_connection_pool=True)


async def answer_bells(redis_url: str, work: Callable[[UUID], Awaitable[None]], at_once: int) -> None:
    """Call `work` for each tenant that is rung for, until cancelled; arq is started again whenever it ends.

    Args:
        at_once: how many calls may run at a time.
    """

    async def answer(_: dict[Any, Any], tenant_id: str) -> None:
        await work(UUID(tenant_id))

    while True:
        worker = Worker(
            [func(answer, name=_WORK)],  # type: ignore[arg-type]  # arq's Protocol asks for any arguments at all
            redis_pool=_connect(redis_url),
            handle_signals=False,
            max_jobs=at_once,
            job_timeout=_LONGEST_TURN,
            keep_result=0,
            poll_delay=_POLL_SECONDS,
            job_serializer=_to_json,
            job_deserializer=json.loads,
            log_results=False,
        )
        try:
            await worker.async_run()
        except Exception as error:  # noqa: BLE001 - arq ends with redis, by whatever error its library raises
            log.warning("redis is away, jobs are found by the sweep: %s", error)
        finally:
            with suppress(Exception):
                await worker.close()
        await asyncio.sleep(_RETRY_SECONDS)


async def _ring(redis: ArqRedis, tenant_id: UUID) -> None:
    for name in ("a", "b"):
        if await redis.enqueue_job(_WORK, str(tenant_id), _job_id=f"t:{tenant_id}:{name}"):
            return


def _connect(url: str) -> ArqRedis:
    pool = ConnectionPool.from_url(url, socket_connect_timeout=1, socket_timeout=10)
    return ArqRedis(pool, job_serializer=_to_json, job_deserializer=json.loads)


def _to_json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, default=str).encode()
