"""What can be taken back just now: asked of the plugins for every page of the portal, so that one bar stands on all of them."""

from datetime import timedelta
from functools import partial
from math import ceil

from smilero_core.plugins.calling import ask_plugins, use_answer
from smilero_sdk.pages import Undo
from smilero_sdk.roles import Lent
from smilero_tenants.faces.visit import Visit

# However long a plugin would take something back: a bar that stays longer is not seen any more.
MOST = timedelta(minutes=10)
# The same from every page and on every phone, so that a second tap gets the answer of the first: each thing has its own address.
KEY = "undo"
_HOOK = "provide_undo"
_MINUTE = 60


async def newest_undo(visit: Visit) -> tuple[str, dict[str, object]] | None:
    """The plugin that can take the visitor's last step back, and the bar that says so, with `path`; None: there is nothing.

    A helper who may only look has nothing to take back.
    """
    if visit.visitor is None or visit.context.shop_id is None or visit.visitor.limits is Lent.LOOK:
        return None
    answers = await ask_plugins(visit.context, _HOOK, object, at=visit.context.shop_id)
    # A plugin that has nothing to take back answers None.
    offered = [(plugin, undo) for plugin, undo in answers if isinstance(undo, Undo) and _left(visit, undo) > timedelta()]
    for plugin, undo in sorted(offered, key=lambda pair: pair[1].done_at, reverse=True):
        shown = use_answer(visit.context, plugin, _HOOK, partial(_bar, visit, undo))
        if shown is not None:
            return plugin, shown
    return None


def _left(visit: Visit, undo: Undo) -> timedelta:
    return min(undo.until, undo.done_at + MOST) - visit.context.now


def _bar(visit: Visit, undo: Undo) -> dict[str, object]:
    seconds = ceil(_left(visit, undo).total_seconds())
    text = visit.context.text(undo.label, **undo.values)
    return {"path": undo.path, "text": text, "seconds": seconds, "minutes": ceil(seconds / _MINUTE), "key": KEY}
