"""The bars above a screen that is shown: on hers, that somebody looks; on theirs, whose it is and for how long."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from smilero_core.identity.showing import Showing, Showings, State
from smilero_core.plugins.context import Context
from smilero_sdk.pages import Face, Live, PageOperation
from smilero_tenants.faces.visit import SCREENS, Visit

SHOWING = "/portal/showing"

View = dict[str, object]


def showings(context: Context) -> Showings:
    """The showings of a visit."""
    return Showings(context.host, context.tenant.id, context.services.vault)


def topic(showing_id: UUID) -> str:
    """Whose bell rings at each step."""
    return f"core.showing.{showing_id}"


async def screen_bars(visit: Visit) -> list[View]:
    """None, or the one that belongs above a page of the portal."""
    visitor, text = visit.visitor, visit.context.text
    if visitor is None or visit.face is not Face.PORTAL:
        return []
    if visitor.watching:
        watching = visitor.watching
        return [
            {
                "text": text("screens.bar.watching", name=watching.merchant),
                "left": text("screens.left", minutes=watching.minutes),
                "action": f"{SCREENS}/end",
                "url": None,
                "button": text("screens.bar.end"),
                "live": f"{SCREENS}/{watching.id}/live",
                "state": State.SHOWN,
                "over": SCREENS,
            }
        ]
    showing = await showings(visit.context).one(visitor.showing_id) if visitor.showing_id else None
    if showing is None or showing.state is State.OVER:
        return []
    # To end it is one tap; before that the bar leads to the page that asks.
    shown = showing.state is State.SHOWN
    way = {"action": f"{SHOWING}/{showing.id}/end" if shown else None, "url": None if shown else SHOWING}
    return [{**_said(visit.context, showing), **way, "live": f"{SHOWING}/{showing.id}/live", "state": showing.state, "over": None}]


def live_state(context: Context, showing: Showing) -> Live:
    """How far it is, as the open pages of both are told."""
    return Live(topic(showing.id), "state", {**_said(context, showing), "state": showing.state.value, "next": shown_path(showing)})


def shown_path(showing: Showing) -> str | None:
    """Where she is, once she shows it and not before: what she looks for may stand behind the path."""
    return showing.path if showing.state is State.SHOWN else None


def _said(context: Context, showing: Showing) -> View:
    """What her bar says at a step."""
    return {
        "text": context.text(f"screens.bar.{showing.state.value}", name=showing.staff),
        "left": context.text("screens.left", minutes=showing.minutes),
        "button": context.text(f"screens.bar.button.{showing.state.value}"),
    }


def live_part(face: Face, path: str, permission: str | None, look: Callable[[Context, UUID], Awaitable[Live]]) -> PageOperation:
    """The live part of a page of one showing, whose id stands in its address.

    Args:
        look: how far it is; raises `http.not_found` for one that is not the visitor's.
    """
    return PageOperation(face, "GET", path, look, permission, None, None, {"showing_id": UUID})
