"""The page of an error: what happened, what to do and whom to call, in the frame of the face where it happened.

The frame is drawn without asking anybody anything: the database may be what is away, and an address that is not there tells nobody
which plugins are on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus

from smilero_sdk.context import Tenant
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face
from smilero_tenants.faces.frames import DAILY, OWN, SELDOM, SWITCH_URL
from smilero_web.place import here, stand
from smilero_web.runtime import Parts
from smilero_web.site import PLATFORM_SITE, tenant_site

# What a status is to a person; all others are our own fault.
_KINDS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "sign_in",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method",
    HTTPStatus.CONFLICT: "over",
    HTTPStatus.GONE: "over",
    HTTPStatus.BAD_REQUEST: "input",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "input",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "input",
    HTTPStatus.UNPROCESSABLE_ENTITY: "input",
    HTTPStatus.TOO_MANY_REQUESTS: "wait",
    HTTPStatus.SERVICE_UNAVAILABLE: "busy",
}
# The page says these better than their sentence for programs.
_GENERAL = frozenset(
    {
        "http.not_found",
        "http.unknown_host",
        "http.sign_in",
        "http.forbidden",
        "http.failed",
        "http.method",
        "http.invalid",
        "http.refused",
        "limits.reached",
        # A full disk is for those to clear who run the service.
        "database.full",
        "database.away",
    }
)
_MINUTE = _HOUR = 60
_HOMES = {Face.CONSOLE: "/console", Face.PORTAL: "/portal", Face.PUBLIC: "/"}


@dataclass(frozen=True)
class Asked:
    """What was asked for when it went wrong.

    Attributes:
        path: of the request, which says on which face it was.
        tenant: None on the platform's own host, and at one that is nobody's.
    """

    path: str
    tenant: Tenant | None


def error_page(parts: Parts, problem: Problem, asked: Asked, language: str, number: str | None = None) -> str:
    """The page as HTML.

    Args:
        number: by which the foundation and we find an error of our own in the log; None for what is no such error.
    """
    tenant = asked.tenant
    kind = "no_tenant" if problem.code == "http.unknown_host" else _KINDS.get(problem.status, "failure")
    say = partial(parts.catalogue.text, language)
    face = _face(asked.path) if tenant else Face.PUBLIC
    context: dict[str, object] = {
        "site": tenant_site(tenant) if tenant else PLATFORM_SITE,
        # A foundation's colour comes by its own host, so a host that is nobody's gets none.
        "look_url": None if kind == "no_tenant" else "/look.css",
        "kind": kind,
        "message": None if problem.code in _GENERAL else say(problem.code, **problem.params),
        "ask": _what_to_do(say, kind, problem),
        "fault_number": number,
        **_way_on(say, kind, face),
    }
    if face is not Face.PUBLIC:
        context["frame"] = _portal(parts, language) if face is Face.PORTAL else _console(parts, language)
    place = here()
    # What somebody put into the address of a page that is none is not handed on by ours.
    stand(replace(place, query="") if place else None)
    template = {Face.PUBLIC: "error", Face.PORTAL: "error_portal", Face.CONSOLE: "error_console"}[face]
    return parts.templates.render(f"platform/{template}.html", language, **context)


def _what_to_do(say: Callable[..., str], kind: str, problem: Problem) -> str:
    """Said with the time to wait, where it is known."""
    seconds = problem.headers.get("Retry-After", "")
    if kind != "wait" or not seconds.isdigit():
        return say(f"error.{kind}.do")
    minutes = max(1, -(-int(seconds) // _MINUTE))
    if minutes < _HOUR:
        return say("error.wait.do_minutes", count=minutes)
    return say("error.wait.do_hours", count=-(-minutes // _HOUR))


def _way_on(say: Callable[..., str], kind: str, face: Face) -> dict[str, object]:
    """Where the button of the page leads, and what it says."""
    if kind == "sign_in":
        return {"home_url": f"/sign-in?face={face.value}&next={_HOMES[face]}", "home_label": say("error.enter")}
    return {"home_url": _HOMES[face], "home_label": say("error.home")}


def _face(path: str) -> Face:
    first = path.split("/")[1] if path.startswith("/") else ""
    return Face(first) if first in {Face.CONSOLE.value, Face.PORTAL.value} else Face.PUBLIC


def _portal(parts: Parts, language: str) -> dict[str, object]:
    places = (("portal.bar.home", "/portal", "house"), ("portal.bar.help", "/portal/help", "headset"))
    bar = [_place(parts, language, *one) for one in places]
    return {"shop": None, "bar": bar, "sign_out_url": None, "search_url": None, "switch_url": None}


def _console(parts: Parts, language: str) -> dict[str, object]:
    """With the places that everybody has who works there."""
    work = ("console.menu.work", "/console/work", "inbox", None)
    menu = [
        _place(parts, language, label, url, icon) | {"part": part}
        for part, places in (("", (work, *DAILY)), ("seldom", SELDOM), ("own", OWN))
        for label, url, icon, permission in places
        if permission is None
    ]
    return {"menu": menu, "person": "", "sign_out_url": "/sign-out", "switch_url": SWITCH_URL, "sessions_url": "/console/sessions"}


def _place(parts: Parts, language: str, label: str, url: str, icon: str) -> dict[str, object]:
    return {"label": parts.catalogue.text(language, label), "url": url, "icon": icon, "current": False, "count": None}
