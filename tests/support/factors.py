"""Owners and staff on the way into the console: a session that still owes its second factor, and the app that gives it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.identity.factors import Factors
from smilero_core.identity.sessions import open_session
from smilero_core.identity.totp import code_at, new_secret, step_of
from tests.support.authenticator import SoftKey
from tests.support.faces import DEVICE, SESSION, Guest, Town

FACTOR = "/sign-in/factor"
CONSOLE = "/console/shops"
_KEY = re.compile(r'class="number">([A-Z2-7 ]+)<')
_SETUP = re.compile(r'name="setup" value="([^"]+)"')
_PAPER = re.compile(r'<li class="number">([0-9A-Z-]+)</li>')


@dataclass
class App:
    """Somebody's authenticator app."""

    secret: str

    def code(self, step: int = 0) -> str:
        """What it shows now, or so many steps away."""
        return code_at(self.secret, step_of(datetime.now(UTC)) + step)

    def wrong(self) -> str:
        """A code that it does not show near now."""
        shown = {self.code(step) for step in range(-3, 4)}
        return next(code for number in range(10) if (code := f"{number:06d}") not in shown)


async def half_in(town: Town, who: str, *, process: int = 0) -> Guest:
    """One of the cast with a session as it is after the code of the message."""
    guest = town.guest(process=process)
    async with town.site.database.unit(town.foundation.id) as unit:
        guest.cookies[SESSION] = await open_session(Session(unit), town.foundation.people[who])
    return guest


async def app_of(town: Town, who: str) -> App:
    """Set an app up for one of the cast."""
    secret = new_secret()
    async with town.site.database.unit(town.foundation.id) as unit:
        await Factors(Session(unit), town.foundation.id, town.vault).set_app(town.foundation.people[who], secret, 0)
    return App(secret)


async def paper_of(town: Town, who: str) -> list[str]:
    """Recovery codes for one of the cast."""
    async with town.site.database.unit(town.foundation.id) as unit:
        return await Factors(Session(unit), town.foundation.id, town.vault).new_recovery_codes(town.foundation.people[who])


async def give(guest: Guest, code: str, path: str = CONSOLE) -> Response:
    """Answer the question for the app's code."""
    return await guest.post(FACTOR, {"code": code, "next": path})


async def set_app_up(guest: Guest) -> None:
    """Somebody's first way into the console: the pages of set-up, with an app."""
    answer = await guest.post(f"{FACTOR}/app", setup_in(await guest.get(f"{FACTOR}/app")))
    assert answer.status_code == 200, answer.text
    assert await inside(guest)


async def inside(guest: Guest) -> bool:
    """Whether the console is open to somebody; else the second factor is asked for, or the first."""
    answer = await guest.get(CONSOLE)
    assert answer.status_code == 200 or answer.headers["location"].startswith("/sign-in")
    return answer.status_code == 200


def secret_in(page: Response) -> str:
    """The key that a page of set-up shows."""
    found = _KEY.search(page.text)
    assert found, page.text
    return found[1].replace(" ", "")


def setup_in(page: Response) -> dict[str, str]:
    """The form of a page of set-up with the code that its app shows."""
    return setup_form(page.text)


def setup_form(page: str) -> dict[str, str]:
    """The same of a page's source; of any other page, one that sets nothing up."""
    sealed, key = _SETUP.search(page), _KEY.search(page)
    code = App(key[1].replace(" ", "")).code() if key else ""
    return {"setup": sealed[1] if sealed else "", "code": code, "next": "/console"}


def paper_in(page: Response) -> list[str]:
    """The recovery codes that a page shows."""
    return _PAPER.findall(page.text)


async def options(guest: Guest, path: str) -> str:
    """What a script of the page asks for."""
    answer = await guest.post(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def origin(guest: Guest) -> str:
    """Of the guest's pages."""
    return f"http://{guest.host}"


async def passkey_of(town: Town, who: str, key: SoftKey | None = None) -> SoftKey:
    """Make a passkey for one of the cast, on the pages."""
    guest, made = await town.signed_in(who), key or SoftKey()
    credential = made.made(await options(guest, f"{FACTOR}/passkeys/options"), origin(guest))
    answer = await guest.post(f"{FACTOR}/passkeys", {"credential": credential, "next": CONSOLE})
    assert answer.status_code in {200, 303}, answer.text
    return made


async def show_passkey(guest: Guest, key: SoftKey, path: str = CONSOLE) -> Response:
    """Sign in by a passkey alone."""
    credential = key.shown(await options(guest, "/sign-in/passkey/options"), origin(guest))
    assert guest.cookies[DEVICE]
    return await guest.post("/sign-in/passkey", {"credential": credential, "next": path})
