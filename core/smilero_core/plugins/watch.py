"""What a plugin under development does, as its author watches it at `/dev/plugin/<name>`: statements and calls.

Kept in redis, the newest few hundred, because web and worker are two processes; losing them loses nothing.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

_KEPT = 200
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Seen:
    """Something that the plugin did.

    Attributes:
        kind: `call` or `statement`.
        what: the hook's name, or as `page GET /portal/coupons`, or the SQL.
        at: seconds since 1970.
        milliseconds: how long it took.
        error: what went wrong, or empty.
    """

    kind: str
    what: str
    at: float
    milliseconds: float
    error: str = ""


class Watch:
    """Notes what one plugin does in this process, and reads what it did in all of them.

    Args:
        redis: None: nothing is kept.
    """

    def __init__(self, redis: Redis | None, plugin: str) -> None:
        self._redis = redis
        self._schema = f"plugin_{plugin}."
        self._key = f"dev:plugin:{plugin}"
        self._waiting: deque[Seen] = deque(maxlen=_KEPT)
        self.plugin = plugin

    def statement(self, sql: str, seconds: float, error: BaseException | None) -> None:
        """Note a statement, if it is about the plugin's tables."""
        if self._schema in sql:
            self._note("statement", " ".join(sql.split()), seconds, error)

    def call(self, plugin: str, name: str, seconds: float, error: BaseException | None) -> None:
        """Note a call of a hook, a page, an operation or a job, if it is the plugin's."""
        if plugin == self.plugin:
            self._note("call", name, seconds, error)

    async def latest(self) -> list[Seen]:
        """What all processes noted, the newest first; nothing while redis is away."""
        if self._redis is None:
            return []
        try:
            lines = await self._redis.lrange(self._key, 0, _KEPT - 1)  # type: ignore[misc]  # its stubs join sync and async
        except (RedisError, OSError):
            return []
        return [Seen(**json.loads(line)) for line in lines]

    async def run(self) -> None:
        """Hand over what was noted, until cancelled."""
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            if self._waiting and self._redis is not None:
                lines = [json.dumps(asdict(self._waiting.popleft())) for _ in range(len(self._waiting))]
                with suppress(RedisError, OSError):
                    async with self._redis.pipeline(transaction=False) as pipe:
                        pipe.lpush(self._key, *lines)
                        pipe.ltrim(self._key, 0, _KEPT - 1)
                        await pipe.execute()

    def _note(self, kind: str, what: str, seconds: float, error: BaseException | None) -> None:
        said = f"{type(error).__name__}: {error}" if error else ""
        self._waiting.append(Seen(kind, what, time.time(), round(seconds * 1000, 2), said))


@contextmanager
def watched(watch: Watch | None, plugin: str, what: str) -> Iterator[None]:
    """Note how long something of a plugin takes, and how it fails; nothing where nobody looks on."""
    if watch is None:
        yield
        return
    begun = time.monotonic()
    try:
        yield
    except BaseException as error:
        watch.call(plugin, what, time.monotonic() - begun, error)
        raise
    watch.call(plugin, what, time.monotonic() - begun, None)
