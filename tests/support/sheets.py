"""Where a sheet of shops can be stopped on its way in, and lists to send."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from smilero_core.db.driver import Connection
from tests.support.cluster import connected

_GATE = 72_033
# Whoever is about to write that a sheet is so far waits, in the transaction that writes it, until the gate is opened.
_STAND = f"""
    create or replace function core.stand() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock({_GATE}); return new; end $$;
    create or replace trigger stand before update on core.import_run for each row when ({{when}}) execute function core.stand();
"""
_GO_ON = "drop trigger if exists stand on core.import_run; drop function if exists core.stand();"
_STANDING = "select count(*) from pg_locks where locktype = 'advisory' and objid = 72033 and not granted"
HALFWAY, WRITTEN = "new.state = 'reading' and new.seen >= 1000", "new.state = 'done'"


def numbered(count: int, market: str = "", first: str = "") -> bytes:
    """A list of so many shops as CSV; `first` is a stall for the first of them."""
    head = ["시장", "상호", "자리"] if market else ["상호", "자리"]
    rows = [[f"새로 온 가게 {number:05}", first if first and not number else f"새-{number:05}"] for number in range(count)]
    lines: Sequence[Sequence[str]] = [head, *([market, *row] if market else row for row in rows)]
    return "".join(",".join(line) + "\r\n" for line in lines).encode()


@asynccontextmanager
async def shut(url: str, when: str) -> AsyncIterator[Connection]:
    """Let no sheet get past a place until the end of the block. Gives the connection that holds the gate."""
    async with connected(url) as keeper, connected(url) as holder:
        await holder.execute(f"select pg_advisory_lock({_GATE})")
        await keeper.execute(_STAND.format(when=when))
        try:
            yield holder
        finally:
            await holder.execute(f"select pg_advisory_unlock({_GATE})")
            await keeper.execute(_GO_ON)


async def stands(gate: Connection) -> bool:
    """Whether a worker waits there."""
    return bool(await gate.fetchval(_STANDING) == 1)
