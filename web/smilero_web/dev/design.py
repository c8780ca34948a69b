"""`/dev/design`: every macro of the pages with its one documented call, drawn in each face's frame, and the tokens it is drawn from.

The comment above a macro is the only source: its call, what it does, further states after `Also:`, and after `Stands in` what it needs
around it. A macro without such a comment is not shown, and a test of the house fails.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from smilero_sdk.errors import not_found
from smilero_tenants.faces.frames import View, site
from smilero_web import templating
from smilero_web.runtime import Runtime
from smilero_web.templating import Templates

FACES = ("public", "portal", "console")
FOLDER = Path(templating.__file__).parent / "templates" / "ui"
_FRAMES = {"public": "ui/base.html", "portal": "ui/portal.html", "console": "ui/console.html"}
_MACRO = re.compile(r"(?:\{#(?P<comment>(?:(?!#\}).)*)#\}\s*)?\{% macro (?P<name>\w+)", re.DOTALL)
_INSIDE = re.compile(r"Stands in (?:<(?P<tag>\w+)(?P<attributes>[^>]*)>|(?P<macro>\w+))")
_RULE = re.compile(r":root\s*\{([^}]*)\}")
_PROPERTY = re.compile(r"(--[\w-]+):([^;}]+)")
_VAR = re.compile(r"var\((--[\w-]+)\)")


@dataclass(frozen=True)
class Macro:
    """A macro as its comment describes it.

    Attributes:
        calls: the documented one first, then other states; empty: it is described nowhere.
        inside: the element that it stands in, as ("ul", ' class="rows"'), or None.
        within: the macro that it stands in, or "".
    """

    file: str
    name: str
    calls: tuple[str, ...]
    text: str
    inside: tuple[str, str] | None
    within: str

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"{self.file.partition('.')[0]}-{self.name}"


@dataclass(frozen=True)
class Token:
    """A custom property with its value after every `var()` is followed."""

    name: str
    value: str


def macros(folder: Path = FOLDER) -> list[Macro]:
    """Every macro below a folder, described or not, by file."""
    return [_macro(path.name, found) for path in sorted(folder.glob("*.html")) for found in _MACRO.finditer(path.read_text("utf-8"))]


def _macro(file: str, found: re.Match[str]) -> Macro:
    comment = " ".join((found["comment"] or "").split())
    first, *others = comment.split(" Also: ")
    call, colon, text = _split(first)
    inside = _INSIDE.search(text)
    return Macro(
        file,
        found["name"],
        (call, *others) if colon and found["name"] in call else (),
        text,
        (inside["tag"], inside["attributes"]) if inside and inside["tag"] else None,
        (inside["macro"] or "") if inside else "",
    )


def _split(comment: str) -> tuple[str, str, str]:
    """The call, a colon, and what it does. A call ends with its bracket, with its last `endcall`, or is written out in braces."""
    for start, last in (("{%", "{% endcall %}"), ("{{", "}}")):
        end = comment.rfind(f"{last}:")
        if comment.startswith(start) and end >= 0:
            return comment[: end + len(last)], ":", comment[end + len(last) + 1 :].strip()
    return comment.partition("): ")[0] + ")", comment.partition("): ")[1], comment.partition("): ")[2]


def tokens(sheet: str) -> list[Token]:
    """The custom properties of `:root` in a built sheet, in its order, each with its value followed to the end."""
    values: dict[str, str] = {}
    for rule in _RULE.findall(sheet):
        for name, value in _PROPERTY.findall(rule):
            values.setdefault(name, value.strip())

    def followed(value: str) -> str:
        return _VAR.sub(lambda one: followed(values.get(one[1], "")), value)

    return [Token(name, followed(value)) for name, value in values.items()]


def design_routes(runtime: Callable[[], Runtime]) -> list[Route]:
    """The demo's page of the design system, at the host of any foundation; `?face=` says in which frame."""

    async def design(request: Request) -> Response:
        tenant, language = request.state.tenant, request.state.language
        face = request.query_params.get("face", FACES[0])
        if tenant is None or face not in FACES:
            raise not_found()
        templates = runtime().templates
        values: View = {
            "site": site(tenant),
            "look_url": "/look.css",
            "frame": _frame(face),
            "face": face,
            "frame_name": _FRAMES[face],
            "faces": FACES,
            "groups": list(_groups(templates, language)),
            "colours": [(token, _swatch(token)) for token in tokens(templates.built("app.css")) if token.value.startswith("#")],
            "sizes": [token for token in tokens(templates.built("app.css")) if token.value.endswith("rem")],
        }
        page = templates.render("dev/design.html", language, **values)
        return HTMLResponse(page, headers={"Content-Language": language, "Cache-Control": "no-store"})

    return [Route("/dev/design", design)]


def _groups(templates: Templates, language: str) -> Iterator[View]:
    known = macros()
    by_name = {one.name: one for one in known}
    for file in dict.fromkeys(one.file for one in known):
        shown = [
            {"name": one.name, "anchor": one.anchor, "text": one.text, "samples": list(samples(templates, language, one, by_name))}
            for one in known
            if one.file == file and one.calls
        ]
        yield {"file": f"ui/{file}", "macros": shown}


def samples(templates: Templates, language: str, macro: Macro, known: dict[str, Macro]) -> Iterator[View]:
    """Each documented call of a macro with what it draws; of one that stands in another, that other's."""
    for call in macro.calls:
        drawn = known[macro.within].calls[0] if macro.within in known else call
        source = drawn if drawn.startswith("{") else "{{ " + drawn + " }}"
        names = ", ".join(one.name for one in known.values() if one.file == macro.file)
        html = templates.drawn(f'{{% from "ui/{macro.file}" import {names} %}}{source}', language)
        if macro.inside and not macro.within:
            tag, attributes = macro.inside
            html = Markup(f"<{tag}{attributes}>") + html + Markup(f"</{tag}>")  # noqa: S704 - from our own templates' comments
        yield {"call": call, "html": html}


def _frame(face: str) -> View:
    """A frame of nobody's: the page is about its parts."""
    if face == "console":
        here = {"label": "/dev/design", "url": "/dev/design?face=console", "icon": "store", "current": True, "count": 4, "part": ""}
        return {
            "menu": [here],
            "person": "owner",
            "sign_out_url": "/dev/design",
            "switch_url": "/dev/design",
            "sessions_url": "/dev/design",
        }
    return {"shop": None, "bar": [], "sign_out_url": None}


def _swatch(token: Token) -> Markup:
    """A colour as it is in the display mode of whoever looks."""
    return Markup(  # noqa: S704 - a name from our own sheet
        f'<svg class="swatch" aria-hidden="true" viewBox="0 0 4 4"><rect width="4" height="4" fill="var({token.name})"/></svg>'
    )
