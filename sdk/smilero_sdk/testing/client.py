"""A visitor of a foundation over HTTP: signed in as somebody, at one process of the application."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What the application answered.

    Attributes:
        headers: names in lower case.
    """

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:  # noqa: ANN401 - whatever the operation returns
        """The body of an answer of the API."""
        return json.loads(self.text)

    @property
    def location(self) -> str:
        """Where a redirect leads; empty for another answer."""
        return self.headers.get("location", "")


@dataclass(frozen=True)
class Client:
    """Somebody at a foundation's host. It follows nothing and keeps no cookies but its own.

    Attributes:
        port: of the process on this machine.
        host: the Host header.
        token: for the API; empty: nobody signed in.
        cookie: for pages.
    """

    port: int
    host: str
    token: str = field(default="", repr=False)
    cookie: str = field(default="", repr=False)
    language: str = "ko"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Open a page, or read by the API."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: object = None, *, key: str | None = None) -> Answer:
        """A command of the API, with a fresh idempotency key unless one is given."""
        content = b"" if body is None else json.dumps(body, default=str).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid4())}
        return self.ask("POST", path, content, headers)

    def send(self, path: str, form: Mapping[str, object] | None = None, *, key: str | None = None) -> Answer:
        """Send a form, as a page of this host does, with a fresh idempotency key unless one is given."""
        content = urlencode({**(form or {}), "idempotency_key": key or str(uuid4())}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        return self.ask("POST", path, content, headers)

    def ask(self, method: str, path: str, content: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Any request."""
        own = {"Host": self.host, "Accept-Language": self.language, "Accept-Encoding": "identity"}
        if self.token:
            own["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            own["Cookie"] = self.cookie
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        try:
            connection.request(method, path, body=content or None, headers={**own, **(headers or {})})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            # A live page never ends: its first message is enough.
            body = answer.read1() if told.get("content-type", "").startswith("text/event-stream") else answer.read()
            return Answer(answer.status, told, body.decode("utf-8", errors="replace"))
        finally:
            connection.close()
