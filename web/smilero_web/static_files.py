"""Built styles, scripts and fonts: their names carry their content's hash, so a browser keeps them for good."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

_FOLDER = Path(__file__).parent / "static"
_FOR_GOOD = "public, max-age=31536000, immutable"
# Asked for each time whether it is still the same.
_FOR_NOW = "public, no-cache"


class BuiltFiles(StaticFiles):
    """Starlette's static files with a lifetime."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER)

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """The file, to be kept for a year when its name says which content it is."""
        response = await super().get_response(path, scope)
        if response.status_code < 400:  # noqa: PLR2004 - an error is not kept
            response.headers["Cache-Control"] = _FOR_GOOD if Path(path).name.count(".") > 1 else _FOR_NOW
        return response
