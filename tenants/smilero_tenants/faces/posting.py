"""What a form posts, files too: stored before the transaction opens, and deleted again when nobody kept them."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.requests import Request

from smilero_core.files.for_plugins import StoredUpload, store_upload
from smilero_core.files.store import object_keys
from smilero_sdk.pages import PageOperation
from smilero_sdk.words import composed
from smilero_tenants.faces.frames import face_path
from smilero_tenants.faces.kept import FOR_FIELD
from smilero_tenants.faces.parts import FaceParts
from smilero_tenants.faces.visit import visiting

KEY_FIELD = "idempotency_key"


@dataclass
class Posted:
    """A form as it came.

    Attributes:
        key: the idempotency key.
        fields: by name; a file's is the hash of its content, so that the same form sent again is the same.
        uploads: by that hash.
        kept_for: for whom its page was shown, where the phone may keep the form.
    """

    key: str | None
    fields: dict[str, str]
    uploads: dict[str, StoredUpload] = field(default_factory=dict)
    kept_for: str | None = None


async def texts_of(request: Request) -> dict[str, str]:
    """The texts of a form without files, composed (NFC)."""
    return {name: composed(str(value)) for name, value in (await request.form()).items()}


@asynccontextmanager
async def posting(parts: FaceParts, plugin: str, operation: PageOperation, request: Request) -> AsyncIterator[Posted]:
    """Receive a form before any transaction is open: a slow sender must not hold a connection.

    A visitor whom the page is not for has no file stored. What was not kept is deleted at the end; what was kept in a transaction
    that then failed, or left by a killed process, the sweep finds: after a lost commit nobody here knows which it was.
    """
    if operation.attachments:
        async with visiting(parts, request, operation.face) as visit:
            visit.require(operation.permission)
    async with request.form() as form:
        # Where nothing was chosen an empty file comes, or an empty text.
        texts = {name: composed(value) for name, value in form.items() if isinstance(value, str)}
        fields = {name: value for name, value in texts.items() if value or name not in operation.attachments}
        files = {name: value for name, value in form.items() if isinstance(value, UploadFile) and name in operation.attachments}
        posted = Posted(fields.pop(KEY_FIELD, None), fields, kept_for=fields.pop(FOR_FIELD, None))
        try:
            for name, file in files.items():
                if file.filename:
                    upload = await store_upload(parts.files, request.state.tenant.id, plugin, file.filename, await file.read())
                    # The same picture in two fields is stored twice, and each must be found.
                    mark = f"{upload.sha256.hex()} {name}"
                    posted.fields[name], posted.uploads[mark] = mark, upload
            yield posted
        finally:
            for upload in posted.uploads.values():
                if not upload.kept:
                    for key in object_keys(request.state.tenant.id, plugin, upload.id):
                        await parts.files.delete(key)


def upload_paths(pages: Mapping[str, Sequence[PageOperation]]) -> Iterator[str]:
    """The addresses, with their parameters as `{name}`, at which files may come."""
    for plugin, operations in pages.items():
        yield from (face_path(one.face, plugin, one.path) for one in operations if one.attachments)
