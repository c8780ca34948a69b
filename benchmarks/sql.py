"""Running the files of `sql/` as the server's superuser."""

import asyncio
from typing import Any

import asyncpg

from benchmarks.plan import FOLDER, HISTORY, Plan


def run_file(url: str, name: str, plan: Plan, **words: str) -> None:
    """Run a file; `:claims`, `:history` and the words given stand in it for their values, which are ours."""
    text = (FOLDER / "sql" / name).read_text(encoding="utf-8")
    for word, value in {"claims": str(plan.claims), "history": str(HISTORY), **words}.items():
        text = text.replace(f":{word}", value)
    run(url, text)


def settle(url: str) -> None:
    """Make plans right and the log short, as after a while of quiet."""
    run(url, "vacuum (analyze)")
    run(url, "checkpoint")


def run(url: str, *statements: str) -> None:
    """Run each message of statements, one after the other."""

    async def work() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(work())


def value(url: str, sql: str) -> Any:  # noqa: ANN401 - whatever the column is
    """One value."""

    async def work() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(work())
