"""Looking for somebody everywhere: every column of every table, every file, every key of redis."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from smilero_core.db.driver import Connection

_TABLES = """
    select c.oid::regclass::text as name, n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname ~ '^(core|plugin_.*)$'
"""


@dataclass(frozen=True)
class Everywhere:
    """Where traces are looked for."""

    admin: Connection
    folder: Path
    redis_url: str

    async def tables(self) -> list[str]:
        """Every table of the core and the plugins."""
        return [row["name"] for row in await self.admin.fetch(_TABLES)]

    async def found(self, traces: Sequence[str]) -> list[str]:
        """`where: trace`, for a text as it is, in JSON, and as bytes in hexadecimal."""
        wanted = {trace: (trace, trace.encode().hex()) for trace in traces}
        return [
            *[
                f"{table}: {trace}"
                for table in await self.tables()
                for trace, forms in wanted.items()
                if await self.admin.fetchval(
                    f"select true from {table} t where exists (select from unnest($1::text[]) w where strpos(t::text, w) > 0) limit 1",  # noqa: S608 - from the catalogue
                    forms,
                )
            ],
            *[f"files: {trace}" for path in self.files() for trace in traces if trace.encode() in path.read_bytes() or trace in str(path)],
            *[f"redis {key}: {trace}" for key, held in (await self.keys()).items() for trace in traces if trace in key or trace in held],
        ]

    def files(self) -> list[Path]:
        """Every file of the store."""
        return [path for path in self.folder.rglob("*") if path.is_file()]

    async def keys(self) -> dict[str, str]:
        """Every key of redis with what it holds, as redis itself would write it down."""
        async with Redis.from_url(self.redis_url) as redis:
            return {key.decode(): repr(await redis.dump(key)) async for key in redis.scan_iter()}
