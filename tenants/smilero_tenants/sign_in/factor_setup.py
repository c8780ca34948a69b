"""`/sign-in/factor/setup` and beside it: setting up an app or a passkey, and taking one away."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.devices import device_of, told_device
from smilero_core.identity.factors import Held
from smilero_core.identity.totp import app_address, grouped, matching_step, new_secret
from smilero_core.identity.vault import LostKeyError
from smilero_sdk.errors import Problem
from smilero_tenants.faces.own_pages import Shown, Values
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import FACTOR
from smilero_tenants.sign_in.factor import SETUP
from smilero_tenants.sign_in.sitting import Answer, FactorDesk, Options, Sitting, next_path

APP = f"{FACTOR}/app"
PASSKEYS = f"{FACTOR}/passkeys"
CODES = f"{FACTOR}/codes"
MINE = "/console/factors"
LONGEST_NAME = 40
_TIME_TO_SCAN = timedelta(minutes=15)
_SEALED_FOR = "factor setup"
_REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


class FactorSetupPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._desk = FactorDesk(parts)

    def routes(self) -> list[Route]:
        """The choice, both ways of setting up, and what changes a factor that is there."""
        one = f"{PASSKEYS}/{{passkey_id:uuid}}"
        return [
            Route(SETUP, self.choose),
            Route(APP, self.ask_app),
            Route(APP, self.add_app, methods=["POST"]),
            Route(f"{APP}/remove", self.remove_app, methods=["POST"]),
            Route(f"{PASSKEYS}/options", self.options, methods=["POST"]),
            Route(PASSKEYS, self.add_passkey, methods=["POST"]),
            Route(f"{one}/name", self.rename, methods=["POST"]),
            Route(f"{one}/remove", self.remove_passkey, methods=["POST"]),
            Route(CODES, self.new_codes, methods=["POST"]),
        ]

    async def choose(self, request: Request) -> Response:
        """By what from now on: a passkey where the browser can, or an app."""
        path = next_path(request.query_params.get("next"))

        async def make(sitting: Sitting) -> Answer:
            return _choice(await sitting.may_look(), path)

        return await self._desk.show(request, make)

    async def ask_app(self, request: Request) -> Response:
        """A secret to be scanned, and the first code of it."""
        path = next_path(request.query_params.get("next"))

        async def make(sitting: Sitting) -> Answer:
            await sitting.may_look()
            return _scan(sitting, new_secret(), path)

        return await self._desk.show(request, make)

    async def add_app(self, request: Request) -> Response:
        """Set the app up once it shows the right code."""

        async def carry_out(sitting: Sitting, posted: dict[str, str]) -> Answer:
            held, path = await sitting.may_change(), next_path(posted.get("next"))
            secret = _open(sitting, posted.get("setup", ""))
            if secret is None:
                return _scan(sitting, new_secret(), path, Problem("identity.factor.setup_gone", _REFUSED))
            step = matching_step(secret, posted.get("code", ""), datetime.now(UTC))
            if step is None:
                return _scan(sitting, secret, path, Problem("identity.factor.setup_wrong", _REFUSED))
            await sitting.factors.set_app(sitting.visitor.person_id, secret, step)
            return await _added(sitting, held, "identity.audit.factor.app", path)

        return await self._desk.command(request, carry_out)

    async def options(self, request: Request) -> Response:
        """What the browser's dialogue for a new passkey needs."""

        async def carry_out(sitting: Sitting, _: dict[str, str]) -> Answer:
            await sitting.may_change()
            mine = sitting.visitor
            return Options(
                await sitting.passkeys.ask_new(sitting.asking, sitting.tenant.name, mine.person_id, mine.name or sitting.tenant.name)
            )

        return await self._desk.command(request, carry_out)

    async def add_passkey(self, request: Request) -> Response:
        """Keep a passkey that the browser has just made."""

        async def carry_out(sitting: Sitting, posted: dict[str, str]) -> Answer:
            held, path = await sitting.may_change(), next_path(posted.get("next"))
            kind, _ = told_device(device_of(request.headers.get("user-agent", "")))
            name = sitting.text(f"identity.device.{kind}")
            made = await sitting.passkeys.add(sitting.asking, sitting.visitor.person_id, posted.get("credential", ""), name)
            if made is None:
                return _choice(held, path, sitting.text("identity.passkey.not_kept"))
            return await _added(sitting, held, "identity.audit.factor.passkey", path)

        return await self._desk.command(request, carry_out)

    async def rename(self, request: Request) -> Response:
        """Call a passkey something that its owner will know it by. Raises `identity.passkey.name` (422)."""

        async def carry_out(sitting: Sitting, posted: dict[str, str]) -> Answer:
            await sitting.may_change()
            name = " ".join(posted.get("name", "").split())
            await sitting.passkeys.rename(sitting.visitor.person_id, request.path_params["passkey_id"], name)
            if not 0 < len(name) <= LONGEST_NAME:
                raise Problem("identity.passkey.name", _REFUSED, most=LONGEST_NAME)
            await sitting.record("identity.audit.factor.renamed")
            return f"{MINE}?done=renamed"

        return await self._desk.command(request, carry_out)

    async def remove_passkey(self, request: Request) -> Response:
        """Take one away. Raises `http.not_found`, `identity.factor.last` (409)."""

        async def carry_out(sitting: Sitting, _: dict[str, str]) -> Answer:
            held = await sitting.may_change()
            await sitting.passkeys.remove(sitting.visitor.person_id, request.path_params["passkey_id"])
            return await _removed(sitting, held, "identity.audit.factor.passkey_removed")

        return await self._desk.command(request, carry_out)

    async def remove_app(self, request: Request) -> Response:
        """Take the app away. Raises `identity.factor.last` (409)."""

        async def carry_out(sitting: Sitting, _: dict[str, str]) -> Answer:
            held = await sitting.may_change()
            if not await sitting.factors.remove_app(sitting.visitor.person_id):
                return MINE
            return await _removed(sitting, held, "identity.audit.factor.app_removed")

        return await self._desk.command(request, carry_out)

    async def new_codes(self, request: Request) -> Response:
        """Ten new codes on paper; the ones before are void."""

        async def carry_out(sitting: Sitting, _: dict[str, str]) -> Answer:
            held = await sitting.may_change()
            if not held.any:
                return SETUP
            await sitting.changed("identity.audit.factor.codes")
            return await _codes(sitting, MINE)

        return await self._desk.command(request, carry_out)


def _choice(held: Held, path: str, error: str | None = None) -> Shown:
    values: Values = {
        "first": not held.any,
        "passkey": {"options": f"{PASSKEYS}/options", "action": PASSKEYS},
        "app_url": f"{APP}?{urlencode({'next': path})}",
        "next": path,
        "error": error,
    }
    return Shown("portal/factor_setup.html", values, _REFUSED if error else HTTPStatus.OK)


def _scan(sitting: Sitting, secret: str, path: str, problem: Problem | None = None) -> Shown:
    """The same secret again after a wrong code: it has perhaps been scanned already."""
    values: Values = {
        "address": app_address(secret, sitting.tenant.name, sitting.visitor.name or sitting.tenant.name),
        "secret": grouped(secret),
        "setup": _seal(sitting, secret),
        "action": APP,
        "back_url": f"{SETUP}?{urlencode({'next': path})}",
        "next": path,
        "error": sitting.text(problem.code) if problem else None,
    }
    return Shown("portal/factor_app.html", values, problem.status if problem else HTTPStatus.OK)


async def _added(sitting: Sitting, before: Held, sentence: str, path: str) -> Answer:
    """A factor that was just shown to work counts as given; with the first come the codes on paper."""
    await sitting.enter()
    await sitting.changed(sentence)
    if before.recovery_codes == 0:
        return await _codes(sitting, MINE if before.any else path)
    return f"{MINE}?done=added"


async def _codes(sitting: Sitting, onward: str) -> Shown:
    codes = await sitting.factors.new_recovery_codes(sitting.visitor.person_id)
    return Shown("portal/recovery_codes.html", {"codes": codes, "person": sitting.visitor.name, "onward": onward})


async def _removed(sitting: Sitting, before: Held, sentence: str) -> str:
    if (before.app_since is not None) + before.passkeys == 1:
        raise Problem("identity.factor.last", HTTPStatus.CONFLICT)
    await sitting.changed(sentence)
    return f"{MINE}?done=removed"


def _seal(sitting: Sitting, secret: str) -> str:
    """The secret as the page carries it until the first code: nothing is written for whoever only looks."""
    until = (datetime.now(UTC) + _TIME_TO_SCAN).timestamp()
    held = json.dumps({"secret": secret, "session": str(sitting.visitor.session_id), "until": until})
    return base64.urlsafe_b64encode(sitting.parts.vault.seal(sitting.tenant.id, _SEALED_FOR, held)).decode()


def _open(sitting: Sitting, setup: str) -> str | None:
    """The secret, if this session was given it, and not too long ago."""
    try:
        held = json.loads(sitting.parts.vault.open(sitting.tenant.id, _SEALED_FOR, base64.urlsafe_b64decode(setup)))
    except (InvalidTag, LostKeyError, ValueError):
        return None
    good = held["session"] == str(sitting.visitor.session_id) and held["until"] > datetime.now(UTC).timestamp()
    return str(held["secret"]) if good else None
