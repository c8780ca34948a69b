"""`/sign-in`: a phone number, then six digits or the link beside them; and `/sign-out`."""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smilero_core.db.session import Session
from smilero_core.identity.codes import LinkState, SignInCodes, Tried, Verdict
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.phone import normal_phone, spoken_phone
from smilero_core.identity.sessions import LIFETIME, end_session
from smilero_core.limits.limiter import Rule
from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face
from smilero_sdk.roles import Role
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import SESSION_COOKIE, inner_path
from smilero_tenants.sign_in.entering import Entered, alone, enter, way_on
from smilero_tenants.sign_in.outside import buttons, told_why

DEVICE_COOKIE = "__Host-device"

PER_PHONE = Rule("code-phone", 5, 600, fails_closed=True)
PER_ADDRESS = Rule("code-address", 30, 600, fails_closed=True)
# Each code has five tries whoever is away: the database counts them.
TRIES = Rule("code-tries", 100, 600, fails_closed=False)
_TEMPLATE = "messaging.sign_in_code"

LINK = "/sign-in/link"
PASSKEY = "/sign-in/passkey"
_LINK_STATUS = {LinkState.OPEN: HTTPStatus.OK, LinkState.ELSEWHERE: HTTPStatus.FORBIDDEN, LinkState.GONE: HTTPStatus.GONE}


class SignInPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Two questions, the short way past the second, and the way out."""
        return [
            Route("/sign-in", self.ask_phone),
            Route("/sign-in", self.send_code, methods=["POST"]),
            Route("/sign-in/code", self.ask_code),
            Route("/sign-in/code", self.check_code, methods=["POST"]),
            Route(f"{LINK}/{{token}}", self.ask_link),
            Route(f"{LINK}/{{token}}", self.follow_link, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
        ]

    async def ask_phone(self, request: Request) -> Response:
        """Which number."""
        _tenant(request)
        return await self._phone_page(request, "", None, _next(request.query_params.get("next")))

    async def send_code(self, request: Request) -> Response:
        """Make a code, commit it, send it, ask for it."""
        tenant, form, parts = _tenant(request), await request.form(), self._parts()
        phone, path = str(form.get("phone", "")), _next(str(form.get("next", "")))
        device = request.cookies.get(DEVICE_COOKIE) or secrets.token_urlsafe(32)
        try:
            normal = normal_phone(phone)
            await parts.limiter.take(tenant.id, PER_ADDRESS, request.client.host if request.client else "")
            await parts.limiter.take(tenant.id, PER_PHONE, parts.vault.index(tenant.id, "phone", normal).hex())
        except Problem as problem:
            return await self._phone_page(request, phone[:20], problem, path)
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            issued = await SignInCodes(session, tenant.id, parts.vault).issue(normal, device, path)
            link = f"{request.url.scheme}://{request.url.netloc}{LINK}/{issued.link}"
            body = parts.catalogue.text(request.state.language, _TEMPLATE, name=tenant.name, code=issued.code, link=link)
            message = await parts.messages.intend(session, tenant.id, issued.phone, _TEMPLATE, body)
        await parts.messages.send(tenant.id, message, issued.phone, body)
        response = RedirectResponse(f"/sign-in/code?{urlencode({'next': path})}", HTTPStatus.SEE_OTHER)
        response.set_cookie(DEVICE_COOKIE, device, max_age=int(LIFETIME.total_seconds()), secure=True, httponly=True, samesite="lax")
        return response

    async def ask_code(self, request: Request) -> Response:
        """Which code."""
        phone = await self._pending_phone(request)
        path = _next(request.query_params.get("next"))
        if phone is None:
            return RedirectResponse(f"/sign-in?{urlencode({'next': path})}", HTTPStatus.SEE_OTHER)
        return self._code_page(request, phone, None, path)

    async def check_code(self, request: Request) -> Response:
        """Judge a code. A wrong try is committed before it is refused."""
        tenant, form, parts = _tenant(request), await request.form(), self._parts()
        code, path = str(form.get("code", "")), _next(str(form.get("next", "")))
        device = request.cookies.get(DEVICE_COOKIE, "")
        try:
            await parts.limiter.take(tenant.id, TRIES, request.client.host if request.client else "")
        except Problem as problem:
            return await self._phone_page(request, "", problem, path)
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            codes = SignInCodes(session, tenant.id, parts.vault)
            phone = await codes.pending_phone(device)
            tried = await codes.verify(device, code)
            entered = await self._welcome(session, request, tried.phone, path) if tried.verdict is Verdict.RIGHT else None
        return await self._refused(request, tried, phone, path) if entered is None else entered.response()

    async def ask_link(self, request: Request) -> Response:
        """Whether to go in. Nothing happens yet: messengers open links by themselves to show a picture of them."""
        tenant, parts = _tenant(request), self._parts()
        async with parts.database.unit(tenant.id, read_only=True) as unit:
            codes = SignInCodes(Session(unit), tenant.id, parts.vault)
            state = await codes.link_state(request.cookies.get(DEVICE_COOKIE, ""), request.path_params["token"])
        return self._link_page(request, state)

    async def follow_link(self, request: Request) -> Response:
        """Go in, on the device that asked. A second tap of somebody who is in goes on."""
        tenant, parts = _tenant(request), self._parts()
        await parts.limiter.take(tenant.id, PER_ADDRESS, request.client.host if request.client else "")
        device, link = request.cookies.get(DEVICE_COOKIE, ""), request.path_params["token"]
        async with parts.database.unit(tenant.id) as unit:
            session = Session(unit)
            codes = SignInCodes(session, tenant.id, parts.vault)
            tried = await codes.follow(device, link)
            if tried.verdict is Verdict.RIGHT:
                return (await self._welcome(session, request, tried.phone, _next(tried.next_path))).response()
            state = await codes.link_state(device, link)
            onward = await way_on(session, request) if state is LinkState.GONE else None
        return RedirectResponse(onward, HTTPStatus.SEE_OTHER) if onward else self._link_page(request, state)

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        tenant = _tenant(request)
        token = request.cookies.get(SESSION_COOKIE)
        if token:
            async with self._parts().database.unit(tenant.id) as unit:
                await end_session(Session(unit), token)
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax")
        return response

    async def _welcome(self, session: Session, request: Request, phone: str, path: str) -> Entered:
        """The person of a proven phone, made known as a customer if new, with a session."""
        tenant = _tenant(request)
        people = People(session, tenant.id, self._parts().vault)
        (person_id,) = await people.ensure([NewPerson(phone, "", ((Role.CUSTOMER, None),))], tenant.locale)
        return await enter(session, request, person_id, path)

    async def _pending_phone(self, request: Request) -> str | None:
        tenant = _tenant(request)
        async with self._parts().database.unit(tenant.id, read_only=True) as unit:
            codes = SignInCodes(Session(unit), tenant.id, self._parts().vault)
            return await codes.pending_phone(request.cookies.get(DEVICE_COOKIE, ""))

    async def _refused(self, request: Request, tried: Tried, phone: str | None, path: str) -> Response:
        problem = Problem(f"identity.code.{tried.verdict.value}", HTTPStatus.UNPROCESSABLE_ENTITY, left=tried.left)
        if tried.verdict is Verdict.WRONG and phone is not None:
            return self._code_page(request, phone, problem, path)
        return await self._phone_page(request, spoken_phone(phone) if phone else "", problem, path)

    async def _phone_page(self, request: Request, phone: str, problem: Problem | None, path: str) -> Response:
        face = next((face.value for face in (Face.CONSOLE, Face.PORTAL) if path.startswith(f"/{face.value}")), Face.PUBLIC.value)
        passkey = {"options": f"{PASSKEY}/options", "action": PASSKEY} if face == Face.CONSOLE.value else None
        why, outside = told_why(request), await buttons(self._parts(), request, path)
        ways = {"why": why.value if why else None, "outside": outside, "passkey": passkey}
        return self._page(request, "portal/sign_in.html", problem, action="/sign-in", next=path, phone=phone, face=face, **ways)

    def _code_page(self, request: Request, phone: str, problem: Problem | None, path: str) -> Response:
        return self._page(
            request,
            "portal/code.html",
            problem,
            action="/sign-in/code",
            again_action="/sign-in",
            next=path,
            phone_shown=spoken_phone(phone),
            demo_url="/dev/outbox" if self._parts().demo else None,
        )

    def _link_page(self, request: Request, state: LinkState) -> Response:
        values = {"action": request.url.path, "sign_in_url": "/sign-in", "state": state.value}
        return alone(self._parts(), request, "portal/link.html", _LINK_STATUS[state], **values)

    def _page(self, request: Request, template: str, problem: Problem | None, **context: object) -> Response:
        parts = self._parts()
        error = parts.catalogue.text(request.state.language, problem.code, **problem.params) if problem else None
        page = alone(parts, request, template, problem.status if problem else HTTPStatus.OK, error=error, **context)
        page.headers.update(problem.headers if problem else {})
        return page


def _next(path: str | None) -> str:
    return inner_path(path or "/")


def _tenant(request: Request) -> Tenant:
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant
