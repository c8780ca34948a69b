"""`/console/screens`: six digits that a merchant reads out, the wait for her leave, and the way to her screen."""

import re
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smilero_core.identity.access import SCREENS_WATCH
from smilero_core.identity.sessions import SignedIn
from smilero_core.identity.showing import Showing, State
from smilero_core.limits.limiter import Rule
from smilero_core.plugins.context import Context
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.pages import Face, Live
from smilero_tenants.faces.own_pages import OwnPages, Shown, Values
from smilero_tenants.faces.screens import live_part, live_state, showings, shown_path, topic
from smilero_tenants.faces.visit import SCREENS, SignInNeeded, Visit

# Of a million codes few are good at a time; who guesses has thirty tries in ten minutes, and she is asked besides.
PER_BROWSER = Rule("screens-by", 10, 600, fails_closed=True)
PER_FOUNDATION = Rule("screens", 30, 600, fails_closed=True)
_ALL = "all"
_CODE = re.compile(r"[0-9]{6}")


class ScreenConsole:
    """The pages."""

    def __init__(self, pages: OwnPages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route(SCREENS, self.screens),
            Route(SCREENS, self.give, methods=["POST"]),
            Route(f"{SCREENS}/end", self.end, methods=["POST"]),
            Route(f"{SCREENS}/{{showing_id:uuid}}/live", self.live),
        ]

    async def screens(self, request: Request) -> Response:
        """Where the code is given, and what this browser is shown."""
        return await self._pages.show(request, _page)

    async def live(self, request: Request) -> Response:
        """How far it is."""
        return await self._pages.live(request, _LIVE)

    async def give(self, request: Request) -> Response:
        """Give a code: its merchant is asked. Every try counts, for the browser and for the foundation."""
        refused = await self._pages.knock(request, SCREENS_WATCH)
        if refused is not None:
            return refused
        problem = await self._pages.take(request, (PER_BROWSER, self._pages.blind_session(request)), (PER_FOUNDATION, _ALL))

        async def carry_out(visit: Visit, posted: dict[str, str]) -> Shown | str:
            visit.require(SCREENS_WATCH)
            if problem is not None:
                return await _page(visit, problem)
            me, code = _me(visit), re.sub(r"[\s-]", "", posted.get("code", ""))
            showing = await showings(visit.context).take(code, me.person_id, me.session_id) if _CODE.fullmatch(code) else None
            if showing is None:
                return await _page(visit, Problem("screens.wrong", HTTPStatus.UNPROCESSABLE_ENTITY))
            await visit.context.audit.record("identity.audit.screen_asked", showing.id, merchant=showing.merchant)
            visit.context.realtime.ring(topic(showing.id))
            return SCREENS

        return await self._pages.command(request, carry_out)

    async def end(self, request: Request) -> Response:
        """Be shown nothing any more. A second tap changes nothing."""

        async def carry_out(visit: Visit, _: dict[str, str]) -> str:
            # Also for one whose right was taken away meanwhile: to look no more needs none.
            left = await showings(visit.context).leave(_me(visit).session_id)
            if left is not None:
                await visit.context.audit.record("identity.audit.screen_left", left.id, merchant=left.merchant)
                visit.context.realtime.ring(topic(left.id))
            return f"{SCREENS}?done=ended"

        return await self._pages.command(request, carry_out)


async def _page(visit: Visit, refused: Problem | None = None) -> Shown:
    visit.require(SCREENS_WATCH)
    showing = await showings(visit.context).watched_in(_me(visit).session_id)
    text = visit.context.text
    values: Values = {
        "showing": _view(visit, showing) if showing and showing.state is not State.OVER else None,
        "over": text("screens.over", name=showing.merchant) if showing and showing.state is State.OVER and not refused else None,
        "done": text("screens.done") if visit.request.query_params.get("done") == "ended" and showing is None and not refused else None,
        "alert": text(refused.code, **refused.params) if refused else None,
        "action": SCREENS,
        "end": f"{SCREENS}/end",
    }
    return Shown.telling("console/screens.html", values, refused)


def _view(visit: Visit, showing: Showing) -> Values:
    return {
        "state": showing.state.value,
        "merchant": showing.merchant,
        "left": visit.context.text("screens.left", minutes=showing.minutes),
        "live": f"{SCREENS}/{showing.id}/live",
        "url": shown_path(showing),
    }


async def _look(context: Context, showing_id: UUID) -> Live:
    showing = await showings(context).one(showing_id)
    if showing is None or showing.staff_id != context.visitor_id:
        raise not_found("showing")
    return live_state(context, showing)


_LIVE = live_part(Face.CONSOLE, f"{SCREENS}/{{showing_id}}/live", SCREENS_WATCH, _look)


def _me(visit: Visit) -> SignedIn:
    if visit.visitor is None:
        raise SignInNeeded
    return visit.visitor
