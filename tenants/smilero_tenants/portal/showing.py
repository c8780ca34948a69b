"""`/portal/showing`: a merchant reads six digits to the foundation, says whether it may look, and ends it.

The pages are her own: who helps her, or is shown her screen, has none of them.
"""

from urllib.parse import unquote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.sessions import SignedIn
from smilero_core.identity.showing import LONGEST_PATH, Showing, State
from smilero_core.limits.limiter import Rule
from smilero_core.plugins.context import Context
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face, Live
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.screens import SHOWING, live_part, live_state, showings, topic
from smilero_tenants.faces.visit import SignInNeeded, Visit, inner_path, referring_path

# Nobody reads out twenty codes in an hour.
PER_BROWSER = Rule("showing-by", 20, 3600, fails_closed=True)
_HOME, _HELP = "/portal", "/portal/help"
_ONE = f"{SHOWING}/{{showing_id:uuid}}"


class ShowingPortal:
    """The pages."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route(SHOWING, self.showing),
            Route(SHOWING, self.ask, methods=["POST"]),
            Route(f"{_ONE}/allow", self.allow, methods=["POST"]),
            Route(f"{_ONE}/end", self.end, methods=["POST"]),
            Route(f"{_ONE}/live", self.live),
        ]

    async def showing(self, request: Request) -> Response:
        """The code, the question, or that somebody looks."""
        return await self._pages.show(request, _page)

    async def live(self, request: Request) -> Response:
        """How far it is."""
        return await self._pages.live(request, _LIVE)

    async def ask(self, request: Request) -> Response:
        """Make a code. A second tap is shown the same."""
        refused = await self._pages.knock(request, None)
        if refused is not None:
            return refused
        problem = await self._pages.take(request, (PER_BROWSER, self._pages.blind_session(request)))

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            if problem is not None:
                return await _page(visit, problem)
            me = _me(visit)
            showing, new = await showings(visit.context).begin(me.person_id, me.session_id, page_of(posted.get("from", _HOME)))
            if new:
                await visit.context.audit.record("identity.audit.screen_code", showing.id)
            return SHOWING

        return await self._pages.command(request, carry_out)

    async def allow(self, request: Request) -> Response:
        """Show it, and go on where she was. Where nobody waits for it any more the page says so."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            showing = await _own(visit.context, request.path_params["showing_id"])
            if not await showings(visit.context).allow(showing.id, showing.merchant_id):
                return SHOWING
            await visit.context.audit.record("identity.audit.screen_allowed", showing.id, staff=showing.staff)
            visit.context.realtime.ring(topic(showing.id))
            return showing.path

        return await self._pages.command(request, carry_out)

    async def end(self, request: Request) -> Response:
        """Show it no more, or not at all. A second tap changes nothing."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            showing = await _own(visit.context, request.path_params["showing_id"])
            if await showings(visit.context).end(showing.id) and showing.state in _ENDS:
                await visit.context.audit.record(_ENDS[showing.state], showing.id, staff=showing.staff)
            visit.context.realtime.ring(topic(showing.id))
            return SHOWING

        return await self._pages.command(request, carry_out)


# What is on record when she ends it; a code that nobody gave just ends.
_ENDS = {State.ASKED: "identity.audit.screen_refused", State.SHOWN: "identity.audit.screen_ended"}


def page_of(path: str) -> str:
    """A page of the portal from which help may be asked: an address of this host, or the first page."""
    path = inner_path(path)
    place = path.partition("?")[0]
    # Steps back, also written otherwise, would lead whoever follows the link away from the portal, as oneself.
    if any(step in {".", ".."} for step in unquote(place).replace("\\", "/").split("/")):
        return _HOME
    asks = place in {_HELP, SHOWING}
    return path if (path == _HOME or path.startswith((f"{_HOME}/", f"{_HOME}?"))) and not asks and len(path) <= LONGEST_PATH else _HOME


def asked_from(visit: Visit) -> str:
    """The page from which somebody has come to the help page."""
    return page_of(referring_path(visit.request))


async def _page(visit: Visit, refused: Problem | None = None) -> Shown:
    me = _me(visit)
    showing = await showings(visit.context).of_session(me.session_id)
    on = showing is not None and showing.state is not State.OVER
    values: Values = {
        "showing": _view(visit, showing) if showing and on else None,
        "over": showing is not None and not on and showing.lately,
        "alert": visit.context.text(refused.code, **refused.params) if refused else None,
        "action": SHOWING,
        "came_from": asked_from(visit),
        "foundation": visit.tenant.name,
        "phone": visit.tenant.phone or None,
        "back_url": _HELP,
        # What stands above the other pages is the page itself here.
        "screens": [],
    }
    return Shown.telling("portal/showing.html", values, refused)


def _view(visit: Visit, showing: Showing) -> Values:
    code = showings(visit.context).code(showing.id) if showing.state is State.WAITING else None
    return {
        "state": showing.state.value,
        "code": f"{code[:3]} {code[3:]}" if code else None,
        "staff": showing.staff,
        "left": visit.context.text("screens.left", minutes=showing.minutes),
        "live": f"{SHOWING}/{showing.id}/live",
        "allow": f"{SHOWING}/{showing.id}/allow",
        "end": f"{SHOWING}/{showing.id}/end",
        "url": showing.path,
    }


async def _own(context: Context, showing_id: UUID) -> Showing:
    """Raises `http.not_found` for another's."""
    showing = await showings(context).one(showing_id)
    if showing is None or showing.merchant_id != context.visitor_id:
        raise not_found("showing")
    return showing


async def _look(context: Context, showing_id: UUID) -> Live:
    return live_state(context, await _own(context, showing_id))


_LIVE = live_part(Face.PORTAL, f"{SHOWING}/{{showing_id}}/live", None, _look)


def _me(visit: Visit) -> SignedIn:
    if visit.visitor is None:
        raise SignInNeeded
    return visit.visitor
