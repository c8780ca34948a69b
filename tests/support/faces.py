"""The pages over HTTP: guests with cookies, the router's own list of what there is, and codes as they went to phones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from httpx2 import AsyncClient, Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.db.settings import DatabaseSettings
from smilero_core.identity.sessions import open_session
from smilero_core.identity.vault import Vault
from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_web.app import Application
from smilero_web.runtime import assemble
from smilero_web.settings import WebSettings
from tests.support.application import Site
from tests.support.foundations import Foundation, found
from tests.support.web import INSTALLED

SESSION, DEVICE = "__Host-session", "__Host-device"
# What is no page: probes, the API and files.
_OTHERS = ("/healthz", "/readyz", "/api/", "/webhooks/", "/static")
_CODE = re.compile(r"인증번호 (\d{6})")


@dataclass(frozen=True)
class PageRoute:
    """A page or command of the router.

    Attributes:
        path: with its parameters as `{name}`.
    """

    method: str
    path: str
    name: str

    def at(self, ids: Mapping[str, object]) -> str:
        """The address of one object."""
        return self.path.format_map(ids)

    @property
    def takes(self) -> list[str]:
        """The names of its parameters."""
        return re.findall(r"\{(\w+)\}", self.path)


@cache
def page_routes() -> Sequence[PageRoute]:
    """Every page and command of the faces, as production mounts them."""
    routes = Application(assemble(WebSettings()), DatabaseSettings()).build().routes
    return [
        PageRoute(method, re.sub(r":\w+\}", "}", route.path), route.name)
        for route in routes
        if isinstance(route, Route) and not route.path.startswith(_OTHERS)
        for method in sorted((route.methods or set()) - {"HEAD"})
    ]


@dataclass
class Guest:
    """A browser without pictures: keeps cookies, follows nothing, and says where its forms stand.

    Attributes:
        cookies: name → value.
        set: each cookie as the server last set it.
    """

    http: AsyncClient
    url: str
    host: str
    cookies: dict[str, str] = field(default_factory=dict)
    set: dict[str, Morsel[str]] = field(default_factory=dict)
    language: str = "ko"

    async def get(self, path: str, **options: Any) -> Response:  # noqa: ANN401 - httpx2's own options
        """Open an address."""
        return await self.ask("GET", path, **options)

    async def post(self, path: str, form: Mapping[str, object] | None = None, *, key: str | None = None, **options: Any) -> Response:  # noqa: ANN401 - as above
        """Send a form, with an idempotency key where one is given."""
        keyed = {"idempotency_key": key} if key is not None else {}
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded", **options.pop("headers", {})}
        return await self.ask("POST", path, content=urlencode({**(form or {}), **keyed}), headers=headers, **options)

    async def ask(self, method: str, path: str, **options: Any) -> Response:  # noqa: ANN401 - as above
        """Any request."""
        headers = {**self._headers(), **options.pop("headers", {})}
        answer = await self.http.request(method, self.url + path, headers=headers, **options)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.set[name] = morsel
                self.cookies[name] = morsel.value
        return answer

    def _headers(self) -> dict[str, str]:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        return {"Host": self.host, "Accept-Language": self.language, **({"Cookie": jar} if jar else {})}


@dataclass(frozen=True)
class Town:
    """A foundation of the test's own with every plugin on, and its guests."""

    site: Site
    foundation: Foundation

    @property
    def vault(self) -> Vault:
        """Of the installation."""
        return Vault(self.site.settings.secret_key.get_secret_value())

    def guest(self, *, process: int = 0, url: str | None = None) -> Guest:
        """Somebody who has not signed in."""
        return Guest(self.site.http, url or self.site.servers[process].url, self.foundation.host)

    async def signed_in(self, who: str, *, process: int = 0) -> Guest:
        """One of the cast with a session, as the sign-in pages would give one; a second factor was given too."""
        guest = self.guest(process=process)
        async with self.site.database.unit(self.foundation.id) as unit:
            guest.cookies[SESSION] = await open_session(Session(unit), self.foundation.people[who], factor=True)
        return guest

    async def code_sent(self) -> str:
        """The newest code of the foundation, opened as the phone's owner reads it."""
        body = await self.message_sent()
        found_code = _CODE.search(body)
        assert found_code, body
        return found_code[1]

    async def message_sent(self) -> str:
        """The newest message of the foundation, as it is read."""
        messages = await SecurityMessages(self.site.database, self.vault, NoChannel()).latest(self.foundation.id, 1)
        return messages[0].body

    async def ask_code(self, guest: Guest, phone: str) -> Response:
        """Answer the first question of the sign-in."""
        return await guest.post("/sign-in", {"phone": phone, "next": "/"})


async def new_town(site: Site) -> Town:
    """A foundation that no other test knows."""
    vault = Vault(site.settings.secret_key.get_secret_value())
    return Town(site, await found(site.database, vault, f"t{uuid4().hex[:12]}", plugins=INSTALLED))


def sentence(page: Response) -> str:
    """What an error or refusal says: the words of the page's main part."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main.partition(">")[2]).split())
