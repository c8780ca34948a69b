"""An outside service: a board that shows greetings. It knows a repetition by the id that we give."""

import asyncio
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

_SECONDS = 10


async def post(url: str, text: str, key: str) -> None:
    """Hand a greeting over. Raises OSError when the board does not take it, so that the job is tried again."""
    body = json.dumps({"text": text}).encode()
    # The setting's pattern lets nothing but http and https through.
    request = Request(url, body, {"Content-Type": "application/json", "Idempotency-Key": key})  # noqa: S310 - as above
    await asyncio.to_thread(_send, request)


def _send(request: Request) -> None:
    try:
        with urlopen(request, timeout=_SECONDS):  # noqa: S310 - as above
            pass
    except HTTPError as error:
        # It is an open answer as well.
        error.close()
        raise
