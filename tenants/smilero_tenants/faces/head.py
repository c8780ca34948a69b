"""What the head of a public page tells others: the picture of its address, and in schema.org's words what it is about."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from markupsafe import Markup

from smilero_sdk.context import Tenant
from smilero_sdk.pages import Face, PageOperation, View
from smilero_sdk.showing import Card

WIDTH, HEIGHT = 1200, 630

# With what draws the pictures: a change of it makes new addresses.
_DRAWN = 1
_MARK = 16
# No letter of a data block may end it, or begin a comment in it (HTML, “Restrictions for contents of script elements”).
_SAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'\u2028\u2029"}
# The font of the pictures has no Chinese letters.
_NOT_DRAWN = frozenset({"zh"})
# What the front page is called among the pictures.
FRONT = "/home"


def head(tenant: Tenant, origin: str, path: str, language: str, view: View) -> dict[str, object]:
    """`from_outside` of a page that everybody may see: {picture {url, alt}|None, about: [safe JSON]}.

    Args:
        path: of the page, as it stands in its address.
    """
    picture = None
    if view.card is not None:
        written = drawn_in(tenant, language)
        # A card in another language has another mark; what it is, the picture's own address finds out.
        mark = mark_of(tenant, view.card) if written == language else "new"
        picture = {"url": origin + picture_path(written, mark, path), "alt": spoken(view.card), "width": WIDTH, "height": HEIGHT}
    return {"from_outside": {"picture": picture, "about": [data_block(_pictured(thing, picture)) for thing in view.about]}}


def _pictured(thing: Mapping[str, Any], picture: Mapping[str, object] | None) -> Mapping[str, Any]:
    """With the picture of its page; the way to a page has none."""
    return thing if picture is None or thing["@type"] == "BreadcrumbList" else {"image": picture["url"], **thing}


def is_open(operation: PageOperation) -> bool:
    """Whether everybody may see a page."""
    return operation.face is Face.PUBLIC and operation.method == "GET" and operation.permission is None


def drawn_in(tenant: Tenant, language: str) -> str:
    """The language of a page's picture."""
    return tenant.locale if language in _NOT_DRAWN else language


def picture_path(language: str, mark: str, path: str) -> str:
    """Where the picture of a page is."""
    return f"/pictures/{language}/{mark}{FRONT if path == '/' else path}.png"


def mark_of(tenant: Tenant, card: Card) -> str:
    """Changes with everything that is seen on the picture."""
    seen = [_DRAWN, tenant.name, tenant.seal, tenant.colour, *astuple(card)]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:_MARK]


def spoken(card: Card) -> str:
    """The picture for whoever does not see it."""
    return " · ".join(filter(None, (card.place, card.title, card.line, card.note)))


def data_block(thing: Mapping[str, Any]) -> Markup:
    """JSON-LD for a data block, in which no name can end the block."""
    text = json.dumps({"@context": "https://schema.org", **thing}, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_SAFE))  # noqa: S704 - the signs of markup are written as their numbers
