"""A browser's end of a live page: one socket, and the events as they come (WHATWG HTML §9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.support.faces import Guest

_SECONDS = 20


@dataclass(frozen=True)
class Event:
    """One message, parsed."""

    id: str
    name: str
    data: Any


@dataclass
class Stream:
    """An open live page.

    Attributes:
        status, headers: of the answer.
        retry: milliseconds until the browser comes back.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    retry: int = 0
    comments: int = 0
    _text: str = ""

    async def head(self) -> None:
        """Read the answer's head."""
        async with asyncio.timeout(_SECONDS):
            first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    async def event(self) -> Event | None:
        """The next event; None when the server ended the stream."""
        async with asyncio.timeout(_SECONDS):
            while True:
                block = await self._block()
                if block is None:
                    return None
                found = self._parse(block)
                if found is not None:
                    return found

    async def _block(self) -> str | None:
        while "\n\n" not in self._text:
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            chunk = await self.reader.readexactly(size + 2)
            if size == 0:
                return None
            self._text += chunk[:-2].decode()
        block, _, self._text = self._text.partition("\n\n")
        return block

    def _parse(self, block: str) -> Event | None:
        fields = {"id": "", "event": "", "data": ""}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            if not name:
                self.comments += 1
            elif name == "retry":
                self.retry = int(value)
            else:
                fields[name] = value.removeprefix(" ")
        return Event(fields["id"], fields["event"], json.loads(fields["data"])) if fields["event"] else None


@asynccontextmanager
async def streaming(guest: Guest, path: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[Stream]:
    """Open a live page as the guest's browser would."""
    place = urlsplit(guest.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        jar = "; ".join(f"{name}={value}" for name, value in guest.cookies.items() if value)
        told = {"Host": guest.host, "Accept-Encoding": "gzip", **({"Cookie": jar} if jar else {}), **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        stream = Stream(reader, writer)
        await stream.head()
        yield stream
    finally:
        writer.close()
