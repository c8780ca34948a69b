"""The way to a provider and home again, step by step, so that each can be taken wrongly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.identity.outside.kinds import Kind
from smilero_core.identity.outside.providers import Choice, Providers
from tests.support.faces import SESSION, Guest, Town
from tests.support.rogue import CLIENT, SECRET, Rogue

BROWSER = "__Host-outside"
PLATFORM = "localhost"


async def add_provider(town: Town, issuer: str, *, own_callback: bool = False, kind: Kind = Kind.OIDC, client_id: str = CLIENT) -> UUID:
    """One that is on."""
    async with town.site.database.unit(town.foundation.id) as unit:
        choice = Choice("Rogue", SECRET, own_callback, enabled=True)
        return await Providers(Session(unit), town.foundation.id, town.vault).add(kind, issuer, client_id, choice)


@dataclass
class Trip:
    """One sign-in of one browser at the tests' own provider."""

    town: Town
    rogue: Rogue
    provider_id: UUID
    guest: Guest
    query: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return self.query["state"]

    @property
    def own(self) -> bool:
        return not self.query["redirect_uri"].startswith(f"http://{PLATFORM}/")

    async def begin(self, next_path: str = "/") -> Response:
        answer = await self.guest.get(f"/sign-in/with/{self.provider_id}?{urlencode({'next': next_path})}")
        self.query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
        return answer

    async def come_back(self, told: Mapping[str, str], *, guest: Guest | None = None) -> Response:
        """To the callback that the provider was given, the platform's without a cookie."""
        browser = guest or self.guest
        if not self.own:
            browser = Guest(browser.http, browser.url, PLATFORM)
        return await browser.get(f"/sign-in/callback?{urlencode(told)}")

    async def home(self, answer: Response, *, guest: Guest | None = None) -> Response:
        """On with the ticket, where there is one."""
        place = urlsplit(answer.headers.get("location", ""))
        if place.path != "/sign-in/back":
            return answer
        assert place.netloc == self.town.foundation.host
        return await (guest or self.guest).get(f"{place.path}?{place.query}")

    async def all_the_way(self, subject: str, next_path: str = "/") -> Response:
        """As it should be."""
        assert (await self.begin(next_path)).status_code == HTTPStatus.SEE_OTHER
        code = self.rogue.approve(self.query, subject)
        return await self.home(await self.come_back({"state": self.state, "code": code}))


def outcome(answer: Response) -> str:
    """The code with which somebody is back on the sign-in page, or `in` with a session."""
    if any(line.startswith(f"{SESSION}=smi_") for line in answer.headers.get_list("set-cookie")):
        return "in"
    place = urlsplit(answer.headers.get("location", ""))
    return dict(parse_qsl(place.query)).get("outside", f"{answer.status_code} {place.path}")


async def link(trip: Trip, subject: str, phone: str) -> Response:
    """The first time: outside, then the phone, then yes."""
    answer = await trip.all_the_way(subject)
    assert outcome(answer) == "unknown", answer.headers
    guest = trip.guest
    await guest.post("/sign-in", {"phone": phone, "next": "/sign-in/connect"})
    inside = await guest.post("/sign-in/code", {"code": await trip.town.code_sent(), "next": "/sign-in/connect"})
    assert inside.headers["location"] == "/sign-in/connect"
    page = await guest.get("/sign-in/connect")
    assert page.status_code == HTTPStatus.OK
    return await guest.post("/sign-in/connect", {"answer": "yes"})
