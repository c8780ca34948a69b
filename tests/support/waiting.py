"""Waiting for a condition, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable

_SECONDS = 20.0


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = _SECONDS) -> None:
    """Ask again and again until the answer is yes. Raises TimeoutError when it stays no."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - the event happens in another process
            await asyncio.sleep(0.01)
