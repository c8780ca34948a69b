"""Every text column of two foundations carries a marker, and nobody reads the other's (check A7).

Whatever is asked for, by everybody, is searched: pages, the API, streams, exports, messages, what the processes say, what redis keeps.
"""

from collections.abc import Mapping

import pytest
from redis.asyncio import Redis

from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from tests.access.scene import Scene
from tests.conftest import LookedAt
from tests.markers.columns import CANNOT, Column
from tests.markers.crawl import Crawl, markers_in
from tests.support.application import Site
from tests.support.web import Server

pytestmark = pytest.mark.suite("A7")

# As many as there were when this was last written, or nearly: they only grow.
SMALL, FULL, COLUMNS_FLOOR = 3_500, 10_000, 40

# The columns whose marker nobody is shown.
UNSEEN: Mapping[str, str] = {
    "core.event_log.payload": "plugins and programs are told of events, people are not",
    "core.idempotency.key": "compared and never shown",
    "core.import_run.faults": "its refused lines are shown by their known parts, beside which the marker stands",
    "core.import_run.plan": "read by the work that writes it; people see how many rows it is",
    "core.job.key": "compared and never shown",
    "core.job.payload": "read by the work itself; people see which work failed and why",
    "core.market.natural_key": "by which an import finds a market again",
    "core.market.vouchers": "kept from the national list; no page names them yet",
    "core.outbox.payload": "as that of an event",
    "core.sign_in_code.next_path": "where somebody goes on who enters the code, which is used up by then",
    "plugin_example.greeting.outside_id": "by which a form elsewhere is known again",
}


async def test_every_text_column_has_its_marker_or_its_reason(
    site: Site, marked: tuple[Scene, Scene], columns: list[Column], looked_at: LookedAt
) -> None:
    names = {str(one) for one in columns}
    carrying = [one for one in columns if one.carries]
    looked_at("columns with text", list(names))
    looked_at("columns with a marker", carrying)
    assert len(carrying) >= COLUMNS_FLOOR
    assert not CANNOT.keys() - names
    assert not UNSEEN.keys() - {str(one) for one in carrying}
    for scene in marked:
        assert not [str(one) for one in carrying if not await rows_with_marker(site, one, scene.mark)]


async def rows_with_marker(site: Site, column: Column, mark: str) -> int:
    """How many rows carry a column's marker."""
    sql = f"select count(*) from {column.table} where {column.name}::text like '%' || $1 || '%'"  # noqa: S608 - names of the catalogue
    return int(await site.admin.fetchval(sql, column.marker(mark)))


def test_nobody_reads_anything_foreign(crawl: Crawl, looked_at: LookedAt, *, full: bool) -> None:
    looked_at("answers", crawl.answers)
    for kind, answers in crawl.kinds.items():
        looked_at(f"answers that are {kind}", answers)
    assert not crawl.foreign
    count = len(crawl.answers)
    assert count >= (FULL if full else SMALL)
    assert crawl.kinds.keys() >= {"text/html", "application/json", "text/csv", "text/event-stream", "archives"}


def test_everybody_reads_what_is_their_own(marked: tuple[Scene, Scene], crawl: Crawl, columns: list[Column], looked_at: LookedAt) -> None:
    for scene in marked:
        seen = crawl.own[scene.mark]
        looked_at(f"columns of {scene.mark} that were seen", seen)
        carrying = {str(one) for one in columns if one.carries}
        assert carrying - seen == UNSEEN.keys(), (carrying - seen, UNSEEN.keys())


async def test_no_message_says_anything_foreign(site: Site, marked: tuple[Scene, Scene], crawl: Crawl, looked_at: LookedAt) -> None:
    assert crawl.answers
    for whose, other in (marked, marked[::-1]):
        messages = await SecurityMessages(site.database, whose.town.vault, NoChannel()).latest(whose.foundation.id, 10_000)
        told = [one.body for one in messages]
        looked_at(f"messages of {whose.mark}", told)
        assert not [body for body in told if other.mark.lower() in body.lower()]
        assert any(markers_in(body, whose.mark) for body in told)


def test_no_process_says_anything_of_a_foundation(
    site: Site, demo: Server, marked: tuple[Scene, Scene], crawl: Crawl, looked_at: LookedAt
) -> None:
    assert crawl.answers
    lines = [line for server in (*site.servers, demo) for line in server.log]
    looked_at("lines of the processes", lines)
    assert not [line for line in lines for scene in marked if scene.mark.lower() in line.lower()]


async def test_redis_keeps_nothing_foreign(site: Site, marked: tuple[Scene, Scene], crawl: Crawl, looked_at: LookedAt) -> None:
    assert crawl.answers
    async with Redis.from_url(site.redis_url) as redis:
        kept = {key.decode(errors="replace"): await value_of(redis, key) async for key in redis.scan_iter("*")}
    looked_at("keys of redis", list(kept))
    for scene in marked:
        ours = f"t:{scene.foundation.id}:"
        assert any(ours in key for key in kept)
        told = [key for key, value in kept.items() if ours not in key and scene.mark.lower() in f"{key}\n{value}".lower()]
        assert not told


async def value_of(redis: Redis, key: bytes) -> str:
    """What a key holds, of whatever kind it is."""
    readers: dict[str, tuple[str, ...]] = {
        "string": ("GET",),
        "hash": ("HGETALL",),
        "set": ("SMEMBERS",),
        "list": ("LRANGE", "0", "-1"),
        "zset": ("ZRANGE", "0", "-1"),
        "stream": ("XRANGE", "-", "+"),
    }
    kind = (await redis.type(key)).decode()
    if kind == "none":  # it went while we looked
        return ""
    command, *rest = readers[kind]
    return str(await redis.execute_command(command, key, *rest))  # type: ignore[no-untyped-call]  # none in redis
