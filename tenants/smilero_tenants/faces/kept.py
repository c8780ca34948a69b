"""What a phone keeps of the portal for when its network is gone: pages to open, and taps to send once for the same hand at the same stall.

`docs/decisions/0030-kept-taps.md` says what may be kept and why.
"""

from collections.abc import Iterator
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face, PageOperation
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import Visit

# The field in which a form says for whom its page was shown, and the header of a page that may be kept: for whom.
FOR_FIELD = "kept_for"
FOR_HEADER = "Kept-For"
HOME = "/portal"
PAGE = "/portal/kept"
_PURPOSE = "kept"
_WORD = "application/json"

View = dict[str, object]

# For a page in the same frame that nobody is in on: what was kept of pages is dropped there.
NOBODY: View = {"mark": "", "pages": [], "forms": []}


def keeping(visit: Visit) -> View:
    """What the script of a portal page is told: `mark`, of whoever is in; `pages` to keep; `forms` that may be kept, with their names.

    A form's name may have fields of its own in braces, for the script to fill in.
    """
    if visit.context.caller is None or _is_watched(visit):
        return NOBODY
    operations = [*_open(visit)]
    pages = [f"/portal/{plugin}{one.path}" for plugin, one in operations if one.kept]
    forms = [
        {"path": f"/portal/{plugin}{one.path}", "name": visit.context.text(one.kept_as)}
        for plugin, one in operations
        if one.kept_as is not None
    ]
    return {"mark": mark_of(visit), "pages": [HOME, PAGE, *pages], "forms": forms}


def mark_of(visit: Visit) -> str:
    """Who is in, for whom, and at which shop, in a word that tells none of it: equal for the same hand at the same stall."""
    return visit.parts.vault.index(visit.tenant.id, _PURPOSE, _hand(visit)).hex()


def page_headers(visit: Visit) -> dict[str, str]:
    """Of a page that the phone may keep."""
    return {} if _is_watched(visit) else {FOR_HEADER: mark_of(visit)}


def require_same_hand(visit: Visit, operation: PageOperation, mark: str | None) -> None:
    """Refuse a form whose page was shown to somebody else, or at another shop, and one that comes as a kept one and must not be kept.

    Raises `faces.kept.other` (412), `faces.kept.unfit` (422).
    """
    # Where nobody is in, or not wholly, the next question is who it is.
    if mark is None or visit.visitor is None or visit.visitor.waiting is not None:
        return
    if operation.kept_as is None:
        raise Problem("faces.kept.unfit", HTTPStatus.UNPROCESSABLE_ENTITY)
    # Whoever tapped before the master secret was changed is the same person still. Who has no part in the portal is another.
    if visit.context.caller is None or mark not in {
        known.hex() for known in visit.parts.vault.indexes(visit.tenant.id, _PURPOSE, _hand(visit))
    }:
        raise Problem("faces.kept.other", HTTPStatus.PRECONDITION_FAILED)


def wants_word(request: Request) -> bool:
    """Whether the worker asks, which shows no page: the answer is a word for its list."""
    return request.method == "POST" and request.headers.get("accept") == _WORD


def done(parts: FaceParts, request: Request, onward: View) -> Response:
    """What was done, as {told, path}: of a command that says nothing of it, that it was sent."""
    key = onward["told"] or "faces.kept.done"
    values = onward["values"] if isinstance(onward["values"], dict) else {}
    told = parts.catalogue.text(request.state.language, str(key), **values)
    return JSONResponse({"told": told, "path": onward["path"]}, headers=_headers(request))


def refused(parts: FaceParts, request: Request, problem: Problem) -> Response:
    """Why not, as {told, code}: in the sentence for later (`<code>.late`) where there is one, since the customer has gone by then."""
    language, catalogue = request.state.language, parts.catalogue
    late, sentences = f"{problem.code}.late", catalogue.keys()
    told = catalogue.text(language, late if late in sentences else problem.code, **problem.params)
    return JSONResponse({"told": told, "code": problem.code}, problem.status, {**problem.headers, **_headers(request)})


def _headers(request: Request) -> dict[str, str]:
    return {"Content-Language": request.state.language, "Cache-Control": "no-store"}


def _is_watched(visit: Visit) -> bool:
    """Whether it is somebody else who is shown the page, for fifteen minutes: nothing of it stays with them."""
    return visit.visitor is not None and visit.visitor.watching is not None


def _hand(visit: Visit) -> str:
    actor = visit.context.actor
    return f"{actor.role}:{actor.person_id}:{actor.on_behalf_of}:{visit.context.shop_id}"


def _open(visit: Visit) -> Iterator[tuple[str, PageOperation]]:
    """What may be kept of the plugins that are on, as far as the visitor may use it."""
    actor = visit.context.caller
    for plugin in sorted(visit.context.plugins.open_at(visit.context.shop_id)):
        for one in visit.parts.host.pages.get(plugin, ()):
            keeps = one.face is Face.PORTAL and (one.kept or one.kept_as is not None)
            if keeps and actor is not None and (one.permission is None or actor.may(one.permission)):
                yield plugin, one
