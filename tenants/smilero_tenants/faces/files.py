"""`/files/{id}`: the files of plugins, streamed when no transaction is open any more."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.files.for_plugins import PATH_STEP, Signed, file_row, path_is_good
from smilero_core.files.kinds import IMAGES
from smilero_core.files.store import object_key
from smilero_core.identity.showing import is_shown
from smilero_sdk.errors import not_found
from smilero_sdk.services import PictureSize
from smilero_tenants.faces.parts import FaceParts

# Should a browser take a file for a page after all, it may do nothing there.
_SANDBOX = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_KEPT_SECONDS = 3600


class FilePages:
    """Downloads.

    A public file is for everybody who has its address; any other for whoever was given one by `ctx.files.path()`, which is good
    for ten minutes at most, and on a screen that is shown no longer than it is. `size` asks for a smaller picture. Everything else is a
    404, like a file that never was.

    Args:
        parts: gives the running application, which exists only once it has started.
    """

    def __init__(self, parts: Callable[[], FaceParts]) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """One address for all."""
        return [Route("/files/{file_id:uuid}", self.show, methods=["GET"], name="file")]

    async def show(self, request: Request) -> Response:
        """The content. Raises `http.not_found`, `files.away` (503)."""
        tenant, file_id = request.state.tenant, request.path_params["file_id"]
        if tenant is None:
            raise not_found()
        row = await self._row(tenant.id, file_id, request)
        size = _size(row, request)
        headers = _headers(row, size)
        if request.query_params.get("shown"):
            # Nothing of a screen that was shown stays with whoever looked.
            headers["Cache-Control"] = "no-store"
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={name: headers[name] for name in ("ETag", "Cache-Control")})
        content = await self._parts().files.read(object_key(tenant.id, row["plugin"], file_id, size))
        headers["Content-Length"] = str(content.size)
        return StreamingResponse(content.pieces, headers=headers, media_type=row["media_type"])

    async def _row(self, tenant_id: UUID, file_id: UUID, request: Request) -> Record:
        doors = await self._parts().gate.of(tenant_id)
        async with self._parts().database.unit(tenant_id, read_only=True) as unit:
            row = await file_row(Session(unit), file_id)
        if row is None or row["plugin"] not in doors.open:
            raise not_found()
        if not row["public"] and not await self._is_given(tenant_id, file_id, request):
            raise not_found()
        return row

    async def _is_given(self, tenant_id: UUID, file_id: UUID, request: Request) -> bool:
        asked = request.query_params
        signed = Signed(*(asked.get(name, "") for name in ("until", "tag", "shown")))
        if not path_is_good(self._parts().services.signer(tenant_id), file_id, signed, datetime.now(UTC)):
            return False
        if not signed.shown:
            return True
        async with self._parts().database.unit(tenant_id, read_only=True) as unit:
            return await is_shown(Session(unit), UUID(signed.shown))


def _size(row: Record, request: Request) -> PictureSize:
    """Which one is asked for; of a file that is no picture there is one only. Raises `http.not_found` for a size that there is not."""
    try:
        asked = PictureSize(request.query_params.get("size", PictureSize.LARGE))
    except ValueError as error:
        raise not_found() from error
    return asked if row["width"] else PictureSize.LARGE


def _headers(row: Record, size: PictureSize) -> dict[str, str]:
    how = "inline" if row["media_type"] in IMAGES else "attachment"
    return {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(row['name'], safe='')}",
        "ETag": f'"{row["sha256"].hex()}-{size}"',
        "Cache-Control": f"public, max-age={_KEPT_SECONDS}" if row["public"] else f"private, max-age={PATH_STEP.seconds}",
        "Content-Security-Policy": _SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
