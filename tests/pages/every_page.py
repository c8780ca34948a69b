"""Every page of the running application, read from its router: at which address, on which face, and as who sees it.

A page is an address that answers a GET with HTML. What answers with anything else is named below with its reason; everything new is
taken for a page, so that a route without a recipe, or one that is none, fails by its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from smilero_sdk.pages import Face
from tests.access.rights import RIGHTS
from tests.access.subjects import Subject, subjects

# The foundation with one of everything and long names; the one that has just been made, and the shop that has just been let in;
# the platform's own host.
FULL, EMPTY, PLATFORM = "full", "empty", "platform"

# Looks that are no page.
NO_PAGE: Mapping[str, str] = {
    "GET /healthz": "a probe",
    "GET /readyz": "a probe",
    "GET /static/{file}": "files",
    "GET /look.css": "a sheet of styles",
    "GET /console": "leads to where most is done",
    "GET /files/{file_id}": "files",
    "GET /.well-known/oauth-authorization-server": "a document for programs",
    "GET /sign-in/with/{provider_id}": "leads to the provider",
    "GET /sign-in/callback": "leads home from the provider",
    "GET /sign-in/back": "as above",
    "GET /sign-in/connect": "leads on but for once, between a provider and a phone's code: tests/browser/test_outside.py looks at it",
    "GET /coupons/r/{code}": "leads to the till",
    "GET /api/v1/openapi.json": "a document for programs",
    "GET /portal/coupons/campaigns/{campaign_id}/live": "a stream",
    "GET /portal/example/live": "a stream",
    "GET /portal/print/{plugin}/{name}/pdf": "paper",
    "GET /portal/coupons/sheets/{sheet_id}/paper": "paper",
    "GET /console/example/greetings/paper": "paper",
    "GET /portal/showing/{showing_id}/live": "a stream",
    "GET /console/screens/{showing_id}/live": "a stream",
    "GET /console/shops/import/{run_id}/live": "a stream",
    "GET /robots.txt": "for search engines",
    "GET /sitemap.xml": "for search engines",
    "GET /sitemaps/front.xml": "for search engines",
    "GET /sitemaps/{plugin}/{page}/{part}.xml": "for search engines",
    "GET /pictures/{language}/{mark}/{page}.png": "a picture",
    "GET /portal/worker.js": "a script",
    "GET /portal/app.webmanifest": "a document for the phone",
    "GET /portal/icon-{size}.png": "a picture",
    "GET /console/shops/import/template.csv": "a file to fill in",
    "GET /console/shops/import/template.xlsx": "a file to fill in",
    "GET /console/shops/import/{run_id}/refused.csv": "a file",
    "GET /console/shops/import/{run_id}/refused.xlsx": "a file",
}

# Pages that need something to have happened before, and so are not there in a foundation that is new.
NOT_WHEN_EMPTY: Mapping[str, str] = {
    "GET /sign-in/code": "a code was asked for",
    "GET /arrive": "somebody came from another foundation",
    "GET /sign-in/factor": "somebody owes a second factor",
    "GET /oauth/authorize": "a program asks",
    "GET /portal/coupons/new/until": "one question was answered",
    "GET /portal/coupons/new/stock": "two were",
}
# What an empty foundation's page is asked for; it has none of it.
EMPTY_QUERIES: Mapping[str, Mapping[str, str]] = {"GET /portal/search": {"q": "없는 것"}, "GET /console/search": {"q": "없는 것"}}
# What the parameters are that name no object.
_NAMES: Mapping[str, Mapping[str, str]] = {
    "GET /portal/print/{plugin}/{name}": {"plugin": "example", "name": "book"},
    "GET /dev/plugin/{name}": {"name": "example"},
}

# Whose view comes first. An operator has no pages, an officer those of everybody.
_VIEWERS = ("owner", "staff", "merchant", "clerk", "customer", "officer", "anonymous")
_GUESTS_FIRST = ("anonymous", "customer", "merchant", "clerk", "owner", "staff", "officer")
# Who sees a page that others are led past, though they may come.
_SEEN_BY: Mapping[str, Sequence[str]] = {"GET /arrive": ("customer",)}
# Parameters that name no object of a foundation.
_NO_OBJECTS = frozenset({"name", "field", "plugin"})


@dataclass(frozen=True)
class Sight:
    """A page as somebody sees it.

    Attributes:
        subject: the address.
        who: one of the cast, or `anonymous`.
        data: whose: of the full foundation, the empty one, the platform.
    """

    subject: Subject
    who: str
    data: str

    @property
    def face(self) -> Face:
        """Where it stands: what is nobody's stands on the public face."""
        return face_of(self.subject.path)

    def __str__(self) -> str:
        return f"{self.subject.name} as {self.who}, {self.data}"


def face_of(path: str) -> Face:
    """The face of an address."""
    return next(
        (face for face in (Face.CONSOLE, Face.PORTAL) if path == f"/{face.value}" or path.startswith(f"/{face.value}/")), Face.PUBLIC
    )


def pages() -> Mapping[str, Subject]:
    """Every page by its name."""
    looks = {name: one for name, one in subjects().items() if one.method == "GET" and not one.is_api}
    assert looks.keys() >= NO_PAGE.keys(), NO_PAGE.keys() - looks.keys()
    return {name: one for name, one in looks.items() if name not in NO_PAGE}


def sights(subject: Subject, *, everybody: bool) -> Sequence[Sight]:
    """A page as those see it who may: by each, or by the first alone; with data and without."""
    return list(_sights(subject, everybody=everybody))


def _sights(subject: Subject, *, everybody: bool) -> Iterator[Sight]:
    rights = RIGHTS[subject.name]
    order = _GUESTS_FIRST if "anonymous" in rights.may else _VIEWERS
    viewers = [who for who in _SEEN_BY.get(subject.name, order) if who in rights.may]
    assert viewers, f"nobody may see {subject.name}"
    yield from (Sight(subject, who, FULL) for who in (viewers if everybody else viewers[:1]))
    if is_there_when_empty(subject):
        yield Sight(subject, _first_when_empty(subject, viewers), EMPTY)
    if rights.platform and subject.name not in NOT_WHEN_EMPTY:
        yield Sight(subject, "anonymous", PLATFORM)


def names_of(subject: Subject) -> Mapping[str, str]:
    """What stands in an address that names no object."""
    return {"name": "coupons", "field": "note", **_NAMES.get(subject.name, {})}


def is_there_when_empty(subject: Subject) -> bool:
    """Whether a foundation without any object has the page."""
    taken = {part[1:-1] for part in subject.path.split("/") if part.startswith("{")}
    return taken <= _NO_OBJECTS and subject.name not in NOT_WHEN_EMPTY


def _first_when_empty(subject: Subject, viewers: Sequence[str]) -> str:
    # A shop that was just let in has its merchant, a foundation that was just made its owner.
    if face_of(subject.path) is Face.PORTAL:
        return "merchant"
    return next(who for who in viewers if who in {"anonymous", "owner", "customer"})
