"""What the tests of the embedded servers share."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg
import pytest

import smilero_core.embedded
from smilero_core.embedded import EmbeddedServices
from smilero_core.embedded.lock import FileLock
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue

_CATALOGUE = Catalogue.of([smilero_core.embedded.__name__])


class Holding:
    """Another process that holds the servers of `folder`; it ends with the block."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "holding.py"), str(folder), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
            text=True,
        )

    def told(self) -> dict[str, str]:
        assert self.process.stdout is not None
        answer: dict[str, str] = json.loads(self.process.stdout.readline())
        return answer

    def services(self) -> EmbeddedServices:
        return EmbeddedServices(**self.told())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.communicate()


def query(url: str, sql: str) -> list[asyncpg.Record]:
    async def fetch() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def words(services: EmbeddedServices) -> set[str]:
    """What is in the table that the template's run made."""
    return {row["word"] for row in query(services.database_url, "select word from kept")}


def left(folder: Path) -> list[str]:
    """Which servers of a folder still live, told by the locks that they and their children hold."""
    locks = [FileLock(folder / f"{name}.lock") for name in ("postgres", "redis")]
    alive = [lock.path.stem for lock in locks if not lock.try_acquire()]
    for lock in locks:
        lock.let_go()
    return alive


@contextmanager
def refused(code: str, *, reason: str = "") -> Iterator[None]:
    """Expect a Problem with this code, and a whole sentence for it in both languages."""
    with pytest.raises(Problem) as caught:
        yield
    problem = caught.value
    assert problem.code == code
    for language in ("ko", "en"):
        assert code in _CATALOGUE.keys(language)
        sentence = _CATALOGUE.text(language, code, **problem.params)
        assert "{" not in sentence
        assert reason in sentence
        print(sentence)
