"""The line between a phone and the demo: it can be cut, lose an answer on the way back or hold it, and answer for the server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from tests.support.demo import Demo

_CHUNK = 65_536
# Whether the answer of a connection is lost, and whether it is held.
_Ends = tuple[asyncio.Event, asyncio.Event]


@dataclass
class Line:
    """One phone's line.

    Attributes:
        demo: the demo as it is reached over this line.
        loses: how the request begins whose answer is lost: the server has it and answers, and the line breaks.
        holds: how the request begins whose answer never comes, though the line stands.
        lost: how many answers were lost or held.
        instead: how the request begins that does not reach the server, and what is answered in its place: once.
    """

    demo: Demo
    loses: bytes | None = None
    holds: bytes | None = None
    lost: int = 0
    instead: tuple[bytes, bytes] | None = None
    _is_cut: bool = False
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """From now on nothing comes through."""
        self._is_cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        """Everything comes through again."""
        self._is_cut, self.loses, self.holds = False, None, None

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        """One connection, from the browser's side."""
        if self._is_cut:
            writer.transport.abort()
            return
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        ends = {writer, to_server}
        self._open |= ends
        doomed, held = asyncio.Event(), asyncio.Event()
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._ask(reader, writer, to_server, (doomed, held)))
                tasks.create_task(self._answer(from_server, writer, (doomed, held)))
        self._open -= ends
        for end in ends:
            end.transport.abort()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to_server: asyncio.StreamWriter, ends: _Ends) -> None:
        doomed, held = ends
        while chunk := await reader.read(_CHUNK):
            if self.instead is not None and chunk.startswith(self.instead[0]):
                (_, answer), self.instead = self.instead, None
                writer.write(answer)
                await writer.drain()
                # The rest of the request, until the browser closes.
                while await reader.read(_CHUNK):
                    pass
                break
            if self.loses is not None and chunk.startswith(self.loses):
                doomed.set()
            if self.holds is not None and chunk.startswith(self.holds):
                held.set()
            to_server.write(chunk)
            await to_server.drain()
        to_server.transport.abort()

    async def _answer(self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: _Ends) -> None:
        doomed, held = ends
        while chunk := await from_server.read(_CHUNK):
            if held.is_set():
                self.lost += 1
                continue
            if doomed.is_set():
                self.lost += 1
                break
            writer.write(chunk)
            await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def line_to(demo: Demo) -> AsyncIterator[Line]:
    """A line of a port of its own, whole until it is cut."""
    carried: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            carried.add(task)
        with suppress(ExceptionGroup):
            await line.carry(reader, writer, demo.port)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    line = Line(replace(demo, port=server.sockets[0].getsockname()[1]))
    try:
        yield line
    finally:
        line.cut()
        server.close()
        await asyncio.gather(*carried, return_exceptions=True)
