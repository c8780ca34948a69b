"""The files of one plugin in one transaction."""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.db.work import Work
from smilero_core.files.cleaning import BrokenPictureError, cleaned
from smilero_core.files.kinds import media_type
from smilero_core.files.store import FileStore, object_key
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.services import StoredFile, Upload

MOST_BYTES = 10 * 1024 * 1024
# A path is good until the end of the next hour: the same for an hour, so that a browser keeps the picture.
_PATH_HOURS = timedelta(hours=1)
_LONGEST_NAME = 200
_HOURS = re.compile(r"[0-9]{1,9}")


@dataclass
class StoredUpload:
    """Implements `smilero_sdk.services.Upload`: an object without a row.

    Attributes:
        kept: whether a row was written, in a transaction that may not have committed yet.
    """

    id: UUID
    key: str
    name: str
    media_type: str
    size: int
    sha256: bytes
    kept: bool = False


async def store_upload(store: FileStore, tenant_id: UUID, plugin: str, name: str, content: bytes) -> StoredUpload:
    """Clean and store what came with a form. No transaction may be open.

    Raises `files.too_large` (413), `files.kind` (415), `files.not_stored` (503).
    """
    if len(content) > MOST_BYTES:
        raise Problem("files.too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit="10 MB")
    kind = media_type(content)
    if kind is None:
        raise Problem("files.kind", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        content = cleaned(content, kind)
    except BrokenPictureError as error:
        raise Problem("files.broken", HTTPStatus.UNSUPPORTED_MEDIA_TYPE) from error
    file_id = uuid4()  # random: an address must not be guessed from another
    key = object_key(tenant_id, plugin, file_id)
    await store.put(key, content)
    return StoredUpload(file_id, key, _tidy(name), kind, len(content), hashlib.sha256(content).digest())


@dataclass(frozen=True)
class Holder:
    """Whose files they are, and who keeps one."""

    tenant_id: UUID
    plugin: str
    person_id: UUID | None


class PluginFiles:
    """Implements `smilero_sdk.services.Files`.

    Args:
        sign: a tag of a text that nobody else can make.
    """

    def __init__(self, unit: Work, store: FileStore, holder: Holder, now: datetime, sign: Callable[[str], bytes]) -> None:
        self._unit = unit
        self._host = Session(unit)
        self._store = store
        self._holder = holder
        self._now = now
        self._sign = sign

    async def keep(self, upload: Upload, /, *, public: bool = False) -> StoredFile:
        """Write the row that makes the stored object a file. Raises TypeError for an upload of another request's plugin or tenant."""
        holder = self._holder
        if not isinstance(upload, StoredUpload) or upload.key != object_key(holder.tenant_id, holder.plugin, upload.id):
            msg = "only what came with this plugin's own form can be kept"
            raise TypeError(msg)
        await self._host.execute(
            """
            insert into core.file (id, plugin, name, media_type, size, sha256, public, created_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            upload.id,
            holder.plugin,
            upload.name,
            upload.media_type,
            upload.size,
            upload.sha256,
            public,
            holder.person_id,
        )
        upload.kept = True
        return StoredFile(upload.id, upload.name, upload.media_type, upload.size)

    async def get(self, file_id: UUID) -> StoredFile:
        """The file. Raises `http.not_found`."""
        row = await self._host.fetch_row(
            "select id, name, media_type, size from core.file where id = $1 and plugin = $2", file_id, self._holder.plugin
        )
        if row is None:
            raise not_found()
        return StoredFile(row["id"], row["name"], row["media_type"], row["size"])

    def path(self, file_id: UUID) -> str:
        """Where a browser gets it: good for everybody who has it, for an hour or two."""
        hours = int(self._now.timestamp() // _PATH_HOURS.total_seconds()) + 2
        return f"/files/{file_id}?until={hours}&tag={_tag(self._sign, file_id, hours)}"

    async def delete(self, file_id: UUID) -> None:
        """The row in this transaction, the object after its commit. Raises `http.not_found`."""
        if not await self._host.execute("delete from core.file where id = $1 and plugin = $2", file_id, self._holder.plugin):
            raise not_found()
        key = object_key(self._holder.tenant_id, self._holder.plugin, file_id)
        self._unit.after_commit(lambda: self._store.delete(key))


def path_is_good(sign: Callable[[str], bytes], file_id: UUID, until: str, tag: str, now: datetime) -> bool:
    """Whether an address was made by `PluginFiles.path`, and not too long ago."""
    if not _HOURS.fullmatch(until):
        return False
    in_time = now.timestamp() < int(until) * _PATH_HOURS.total_seconds()
    return in_time and hmac.compare_digest(tag.encode(), _tag(sign, file_id, int(until)).encode())


async def file_row(session: Session, file_id: UUID) -> Record | None:
    """What the host's own page needs of a file, whoever's it is."""
    return await session.fetch_row("select plugin, name, media_type, size, sha256, public from core.file where id = $1", file_id)


def _tag(sign: Callable[[str], bytes], file_id: UUID, hours: int) -> str:
    return sign(f"{file_id} {hours}").hex()


def _tidy(name: str) -> str:
    """The last part of the sender's name for it, printable."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[-_LONGEST_NAME:] or "file"
