"""`/portal/helping`: for whom a browser acts: whom one may help, each a tap away, and one's own work. For everybody who signed in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from smilero_core.audit.log import AuditLog
from smilero_core.identity.helping import Chance, act_for, act_for_oneself, chances, helping_that_stands
from smilero_core.identity.sessions import SignedIn
from smilero_core.plugins.context import CORE
from smilero_sdk.errors import not_found
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import frame
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import HELPING, SESSION_COOKIE, SignInNeeded, Visit, visiting
from smilero_tenants.sign_in.entering import way_on

_SIGN_IN = "/sign-in?next=/"


class HelpingPages:
    """Handlers of one application.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The list and its commands."""
        return [
            Route(HELPING, self.whom),
            Route(f"{HELPING}/end", self.end, methods=["POST"]),
            Route(f"{HELPING}/{{helping_id:uuid}}", self.begin, methods=["POST"]),
        ]

    async def whom(self, request: Request) -> Response:
        """Whom one may help."""
        try:
            async with self._somebody(request) as (visit, me):
                found = await chances(visit.context.host, me.person_id)
                values = {**await frame(visit), **self._values(visit, me, found)}
        except SignInNeeded:
            return RedirectResponse(_SIGN_IN, HTTPStatus.SEE_OTHER)
        language = request.state.language
        page = self._parts().templates.render("portal/helping.html", language, **values)
        return HTMLResponse(page, headers={"Content-Language": language, "Cache-Control": "no-store"})

    async def begin(self, request: Request) -> Response:
        """Act for somebody from now on, on record. Raises `http.not_found` for a leave that is not this person's or stands no more."""
        try:
            async with self._somebody(request, read_only=False) as (visit, me):
                helping = await helping_that_stands(visit.context.host, request.path_params["helping_id"], me.person_id)
                if helping is None:
                    raise not_found("helper")
                # A second tap is no second beginning.
                if me.helping is None or me.helping.id != helping.id:
                    await act_for(visit.context.host, request.cookies[SESSION_COOKIE], helping)
                    log = AuditLog(visit.context.host, helping.actor(me.person_id), CORE, datetime.now(UTC))
                    shop = await visit.context.reader.shop_row(helping.shop_id)
                    await log.record("identity.audit.helping_began", helping.id, shop=shop.name)
        except SignInNeeded:
            return RedirectResponse(_SIGN_IN, HTTPStatus.SEE_OTHER)
        return RedirectResponse("/portal", HTTPStatus.SEE_OTHER)

    async def end(self, request: Request) -> Response:
        """Act for oneself again, and go where one's own work is. The leave itself stands."""
        try:
            async with self._somebody(request, read_only=False) as (visit, me):
                await act_for_oneself(visit.context.host, me.session_id)
                home = await way_on(visit.context.host, request) or "/"
        except SignInNeeded:
            return RedirectResponse(_SIGN_IN, HTTPStatus.SEE_OTHER)
        return RedirectResponse(home, HTTPStatus.SEE_OTHER)

    @asynccontextmanager
    async def _somebody(self, request: Request, *, read_only: bool = True) -> AsyncIterator[tuple[Visit, SignedIn]]:
        """Whoever signed in, in whatever role or none. Raises SignInNeeded."""
        async with visiting(self._parts(), request, Face.PORTAL, read_only=read_only) as visit:
            if visit.visitor is None:
                raise SignInNeeded
            if visit.visitor.watching:
                visit.require_own()
            yield visit, visit.visitor

    def _values(self, visit: Visit, me: SignedIn, found: list[Chance]) -> dict[str, object]:
        rows = [
            {
                "label": visit.context.text("helping.for", name=one.helping.merchant),
                "note": visit.context.text(
                    "helping.note",
                    shop=one.shop,
                    limits=visit.context.text(f"helpers.limits.{one.helping.limits.value}"),
                    until=_day(visit, one),
                ),
                "action": f"{HELPING}/{one.helping.id}",
                "current": me.helping is not None and me.helping.id == one.helping.id,
            }
            for one in found
        ]
        values: dict[str, object] = {
            "rows": rows,
            "over": me.helping_over,
            "own": f"{HELPING}/end" if me.helping or me.helping_over else None,
        }
        if me.actor is None:
            # Nobody's portal: no shop, and no places of one.
            values["frame"] = {"shop": None, "bar": [], "sign_out_url": "/sign-out"}
        return values


def _day(visit: Visit, one: Chance) -> str:
    last = one.helping.until.astimezone(ZoneInfo(visit.tenant.timezone)) - timedelta(seconds=1)
    return str(format_skeleton("MMMEd", last, locale=visit.context.language))
