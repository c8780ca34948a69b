"""Built styles, scripts and fonts: their names carry their content's hash, so a browser keeps them for good."""

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

_FOLDER = Path(__file__).parent / "static"
# What pictures are written with.
PICTURE_FONTS = _FOLDER / "dist" / "pictures"
_FOR_GOOD = "public, max-age=31536000, immutable"
# Asked for each time whether it is still the same.
_FOR_NOW = "public, no-cache"
# How the build has compressed text beside itself, the smallest first.
_SUFFIXES = {"br": ".br", "gzip": ".gz"}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class BuiltFiles(StaticFiles):
    """Starlette's static files with a lifetime, and compressed once, by the build, instead of at each request."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER)
        # A process serves what was built when it started; names change with their content.
        self._compressed = frozenset(
            str(path.relative_to(_FOLDER)) for suffix in _SUFFIXES.values() for path in _FOLDER.rglob(f"*{suffix}")
        )

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """The file, to be kept for a year when its name says which content it is."""
        encoding = next((one for one in _accepted(Headers(scope=scope)) if path + _SUFFIXES[one] in self._compressed), None)
        response = await super().get_response(path + _SUFFIXES[encoding] if encoding else path, scope)
        if response.status_code < 400:  # noqa: PLR2004 - an error is not kept
            response.headers["Cache-Control"] = _FOR_GOOD if Path(path).name.count(".") > 1 else _FOR_NOW
            if Path(path).suffix in _TYPES:
                response.headers["Vary"] = "Accept-Encoding"
            if encoding:
                response.headers["Content-Encoding"] = encoding
                response.headers["Content-Type"] = _TYPES[Path(path).suffix]
        return response


def _accepted(headers: Headers) -> Iterator[str]:
    """The codings of ours that a request accepts (RFC 9110, section 12.5.3)."""
    said = [part.partition(";") for part in headers.get("accept-encoding", "").split(",")]
    wanted = {name.strip().lower() for name, _, weight in said if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}}
    yield from (one for one in _SUFFIXES if one in wanted)
