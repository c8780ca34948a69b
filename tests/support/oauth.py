"""Programs outside and the people who allow them something, over HTTP as they really come."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.identity.programs import NewProgram, Programs
from tests.support.faces import Guest, Town
from tests.support.web import Caller

BACK = "https://stock.example/back"
SCOPES = frozenset({"coupons.read", "coupons.redeem", "plugins.read", "measures.read"})


def challenge_of(verifier: str) -> str:
    """S256 (RFC 7636 §4.2), reckoned here, not by the code that is tested."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Outside:
    """A program with what it knows.

    Attributes:
        secret: None: a public one.
    """

    town: Town
    id: UUID
    secret: str | None
    back: str = BACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def wish(self, **changes: str | None) -> dict[str, str]:
        """The parameters of a good authorization request, but for what is changed; None leaves one out."""
        good = {
            "response_type": "code",
            "client_id": str(self.id),
            "redirect_uri": self.back,
            "scope": "coupons.read",
            "state": "s t&te=1",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    async def allowed(self, guest: Guest, **changes: str | None) -> str:
        """A code, by somebody who is asked and allows it."""
        answer = await guest.post("/oauth/authorize", {**self.wish(**changes), "decision": "allow"})
        return went_back(answer)["code"]

    async def exchange(self, code: str, /, **changes: str | None) -> Response:
        """Bring a code."""
        good = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, "code_verifier": self.verifier}
        return await self.post({**good, **changes})

    async def refresh(self, token: str, /, *, process: int = 0, **changes: str | None) -> Response:
        """Bring a refresh token."""
        return await self.post({"grant_type": "refresh_token", "refresh_token": token, **changes}, process=process)

    async def revoke(self, **form: str | None) -> Response:
        """Give a token back."""
        return await self.post(form, "/oauth/revoke")

    async def post(self, form: Mapping[str, str | None], path: str = "/oauth/token", *, process: int = 0) -> Response:
        """Ask as this program does: its secret in the header if it has one, else its id in the form."""
        headers: dict[str, str] = {"Host": self.town.foundation.host, "Content-Type": "application/x-www-form-urlencoded"}
        sent = {name: value for name, value in form.items() if value is not None}
        if self.secret is None:
            sent = {"client_id": str(self.id), **sent}
        else:
            headers["Authorization"] = basic(str(self.id), self.secret)
        return await self.town.site.http.post(self.town.site.servers[process].url + path, content=urlencode(sent), headers=headers)

    async def tokens(self, guest: Guest, **changes: str | None) -> dict[str, Any]:
        """The whole way."""
        answer = await self.exchange(await self.allowed(guest, **changes))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def by_itself(self, **changes: str | None) -> Response:
        """Ask for a token without a person."""
        return await self.post({"grant_type": "client_credentials", **changes})


@dataclass(frozen=True)
class Stage:
    """A foundation with a confidential program that may act by itself, and a public one."""

    town: Town
    server: Outside
    phone: Outside

    def caller(self, token: str) -> Caller:
        """Whoever holds a token, at the API."""
        return Caller(self.town.site.http, self.town.site.servers[0].url, self.town.foundation.host, token, self.town.site.document)


def basic(name: str, secret: str) -> str:
    """The header of RFC 6749 §2.3.1."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def went_back(answer: Response, back: str = BACK) -> Mapping[str, str]:
    """What a program is told at its address. Asserts that the browser is sent there and nowhere else."""
    assert answer.status_code == 303, (answer.status_code, answer.text)
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == back, answer.headers["location"]
    assert answer.headers["cache-control"] == "no-store"
    return dict(parse_qsl(parts.query))


async def let_in(town: Town, *, confidential: bool = True, unattended: bool = False, **changes: Any) -> Outside:  # noqa: ANN401 - of NewProgram
    """A program, as the owner lets one in."""
    new = NewProgram("Stock", (BACK,), SCOPES, confidential, unattended)
    async with town.site.database.unit(town.foundation.id) as unit:
        program_id, secret = await Programs(Session(unit)).make(replace(new, **changes))
    return Outside(town, program_id, secret)


async def set_stage(town: Town) -> Stage:
    """Both programs."""
    return Stage(town, await let_in(town, unattended=True), await let_in(town, confidential=False, name="Phone"))
