"""What puts the portal on a phone: its worker, and per foundation the manifest and the icons in its name, colour and seal.

The worker is a built file at an address that stays: a browser holds a worker by its address, and asks whether its bytes are the same.
"""

import asyncio
import io
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from smilero_sdk.context import Tenant
from smilero_sdk.errors import not_found
from smilero_web.runtime import Runtime
from smilero_web.templating import read_manifest

SCOPE = "/portal"
WORKER = "/portal/worker.js"
MANIFEST = "/portal/app.webmanifest"
SIDES = (192, 512)
MASKABLE = "maskable"

_DIST = Path(__file__).parent / "static" / "dist"
_FACE = re.compile(r"@font-face\{[^}]*?font-weight:700;[^}]*?url\(\"?([^)\"]+)\"?\)[^}]*?unicode-range:([^;}]+)")
# As a browser keeps what a foundation may change at any time, and rarely does.
_FOR_A_DAY = "public, max-age=86400"
_PAPER = "#ffffff"
# Parts of the icon's side. Of a maskable icon a circle of 0.8 is safe (W3C, Web Application Manifest): the seal's square lies in it.
_ROUND, _LETTER, _MASKABLE_LETTER = 0.22, 0.62, 0.5
_SHORTEST = 12


class OnPhone:
    """Handlers of one application.

    Args:
        runtime: gives the running application, which exists only once it has started.
    """

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self._runtime = runtime

    def routes(self) -> list[Route]:
        """They are the foundation's, so anybody may ask, at its own host."""
        return [
            Route(WORKER, self.worker),
            Route(MANIFEST, self.manifest),
            Route("/portal/icon-{size}.png", self.icon),
        ]

    async def worker(self, request: Request) -> Response:
        """The service worker, for all of the portal."""
        _tenant(request)
        headers = {"Service-Worker-Allowed": SCOPE, "Cache-Control": "no-cache"}
        return FileResponse(_DIST / read_manifest()["worker.js"], media_type="text/javascript", headers=headers)

    async def manifest(self, request: Request) -> Response:
        """The web application manifest (W3C)."""
        tenant, text = _tenant(request), self._runtime().catalogue.text
        plain = [_icon(str(side), side, "any") for side in SIDES]
        told = {
            "id": SCOPE,
            "name": tenant.name,
            "short_name": tenant.name if len(tenant.name) <= _SHORTEST else tenant.name.split()[0][:_SHORTEST],
            "description": text(request.state.language, "ui.app.description", name=tenant.name),
            "lang": request.state.language,
            "start_url": SCOPE,
            "scope": "/",
            "display": "standalone",
            "theme_color": tenant.colour,
            "background_color": _PAPER,
            "icons": [*plain, _icon(MASKABLE, SIDES[-1], MASKABLE)],
        }
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
        return JSONResponse(told, media_type="application/manifest+json", headers=headers)

    async def icon(self, request: Request) -> Response:
        """The seal as a picture: `192`, `512`, or `maskable`, which fills the square for a phone that cuts its own shape."""
        tenant, size = _tenant(request), request.path_params["size"]
        if size not in {*map(str, SIDES), MASKABLE}:
            raise not_found()
        side = SIDES[-1] if size == MASKABLE else int(size)
        picture = await asyncio.to_thread(drawn, tenant.seal, tenant.colour, side, maskable=size == MASKABLE)
        return Response(picture, media_type="image/png", headers={"Cache-Control": _FOR_A_DAY})


@lru_cache(maxsize=256)
def drawn(seal: str, colour: str, side: int, *, maskable: bool) -> bytes:
    """A PNG of `side` pixels: the seal in white on the colour, `#rrggbb`. A syllable that the fonts do not have leaves the colour alone."""
    picture = Image.new("RGBA", (side, side), colour if maskable else "#00000000")
    pen = ImageDraw.Draw(picture)
    if not maskable:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), round(side * _ROUND), fill=colour)
    font = _font(seal)
    if font is not None:
        letter = ImageFont.truetype(font, round(side * (_MASKABLE_LETTER if maskable else _LETTER)))
        left, top, right, bottom = letter.getbbox(seal)
        pen.text(((side - left - right) / 2, (side - top - bottom) / 2), seal, font=letter, fill=_PAPER)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def _font(seal: str) -> Path | None:
    """The slice of the pages' own font that has the seal's characters."""
    points = {ord(character) for character in seal}
    return next((path for path, ranges in _slices() if all(any(point in one for one in ranges) for point in points)), None)


@lru_cache(maxsize=1)
def _slices() -> list[tuple[Path, list[range]]]:
    sheet = (_DIST / read_manifest()["app.css"]).read_text(encoding="utf-8")
    return [(_DIST / url, [*_ranges(listed)]) for url, listed in _FACE.findall(sheet)]


def _ranges(listed: str) -> Iterator[range]:
    """CSS's unicode-range: `U+20-7e,U+ac??`."""
    for part in listed.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        yield range(int(first.replace("?", "0"), 16), int((last or first).replace("?", "f"), 16) + 1)


def _icon(name: str, side: int, purpose: str) -> dict[str, str]:
    return {"src": f"/portal/icon-{name}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _tenant(request: Request) -> Tenant:
    """Raises `http.not_found` on the platform's own host."""
    tenant: Tenant | None = request.state.tenant
    if tenant is None:
        raise not_found()
    return tenant
