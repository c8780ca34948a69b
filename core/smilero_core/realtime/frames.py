"""What goes over a live page's wire: server-sent events (WHATWG HTML §9.2), encoded once and handed to everybody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from smilero_sdk.pages import Live

Message = dict[str, object]

# After how many milliseconds a browser comes back that has lost its stream.
_RETRY = b"retry: 2000\n"
_ID_BYTES = 9


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """A state, as every listener gets it.

    Attributes:
        id: made from the content, so that it is the same on every process and who comes back with it has seen the state already.
        message: the ASGI message, one object for all.
    """

    id: str
    event: bytes
    message: Message

    @classmethod
    def of(cls, live: Live) -> "Frame":
        """Encode a state."""
        text = f"event: {live.name}\ndata: {_json(live.data)}\n"
        mark = blake2b(text.encode(), digest_size=_ID_BYTES).hexdigest()
        event = f"id: {mark}\n{text}\n".encode()
        return cls(mark, event, body(event))

    def opening(self, last_id: str | None) -> Message:
        """The first message of a stream: the state, unless the browser says that it has it."""
        return body(_RETRY + b"\n" if last_id == self.id else _RETRY + self.event)


def body(content: bytes, *, more: bool = True) -> Message:
    """An ASGI message that continues, or ends, an answer."""
    return {"type": "http.response.body", "body": content, "more_body": more}


# A comment keeps proxies from closing a quiet connection.
STILL_HERE = body(b": still here\n\n")
# The visitor may no longer see it: the script opens the page anew, which says why.
GONE = body(b"event: gone\ndata: {}\n\n", more=False)
# The process ends: the browser comes back, to another one.
CLOSING = body(b"", more=False)


def _json(data: Mapping[str, object]) -> str:
    return json.dumps(dict(data), default=str, ensure_ascii=False, separators=(",", ":"))
