"""The files of one plugin in one transaction."""

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID, uuid4

from smilero_core.db.driver import Record
from smilero_core.db.session import Session
from smilero_core.db.work import Work
from smilero_core.files.kinds import IMAGES, WEBP, media_type
from smilero_core.files.pictures import drawn
from smilero_core.files.store import FileStore, object_key, object_keys
from smilero_sdk.errors import Problem, not_found
from smilero_sdk.services import Picture, PictureSize, StoredFile, Upload

MOST_BYTES = 10 * 1024 * 1024
# A path is good until the end of the next five minutes: ten at most, and the same for five, so that a browser keeps the picture.
PATH_STEP = timedelta(minutes=5)
_LONGEST_NAME = 200
_PICTURE = "picture"
_STEPS = re.compile(r"[0-9]{1,9}")
_COLUMNS = "id, name, media_type, size, public, width, height"


@dataclass
class StoredUpload:
    """Implements `smilero_sdk.services.Upload`: an object without a row.

    Attributes:
        key: of the object; a picture's smaller ones are beside it.
        sha256: of what came, which is not what is kept of a picture.
        width, height: of a picture.
        kept: whether a row was written, in a transaction that may not have committed yet.
    """

    id: UUID
    key: str
    name: str
    media_type: str
    size: int
    sha256: bytes
    width: int | None = None
    height: int | None = None
    kept: bool = False


async def store_upload(store: FileStore, tenant_id: UUID, plugin: str, name: str, content: bytes) -> StoredUpload:
    """Store what came with a form, a picture drawn anew. No transaction may be open.

    Raises `files.too_large`, `files.too_many_pixels` (413), `files.kind`, `files.broken` (415), `files.not_stored` (503).
    """
    if len(content) > MOST_BYTES:
        raise Problem("files.too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit="10 MB")
    kind = media_type(content)
    if kind is None:
        raise Problem("files.kind", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    file_id = uuid4()  # random: an address must not be guessed from another
    key, sha256 = object_key(tenant_id, plugin, file_id), hashlib.sha256(content).digest()
    if kind not in IMAGES:
        await store.put(key, content)
        return StoredUpload(file_id, key, _tidy(name), kind, len(content), sha256)
    picture = await drawn(content, kind)
    for size, smaller in picture.content.items():
        await store.put(object_key(tenant_id, plugin, file_id, size), smaller)
    large = len(picture.content[PictureSize.LARGE])
    return StoredUpload(
        file_id, key, f"{_tidy(name).rpartition('.')[0] or _PICTURE}.webp", WEBP, large, sha256, picture.width, picture.height
    )


@dataclass(frozen=True)
class Holder:
    """Whose files they are, and who keeps one.

    Attributes:
        showing_id: of a merchant's screen on which somebody of the foundation looks at them.
    """

    tenant_id: UUID
    plugin: str
    person_id: UUID | None
    showing_id: UUID | None = None


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
            insert into core.file (id, plugin, name, media_type, size, sha256, public, created_by, width, height)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            upload.id,
            holder.plugin,
            upload.name,
            upload.media_type,
            upload.size,
            upload.sha256,
            public,
            holder.person_id,
            upload.width,
            upload.height,
        )
        upload.kept = True
        return StoredFile(upload.id, upload.name, upload.media_type, upload.size, public, upload.width, upload.height)

    async def get(self, file_id: UUID) -> StoredFile:
        """The file. Raises `http.not_found`."""
        found = await self.find([file_id])
        if file_id not in found:
            raise not_found()
        return found[file_id]

    async def find(self, file_ids: Collection[UUID]) -> Mapping[UUID, StoredFile]:
        """Those of the files that there are."""
        rows = await self._host.fetch(
            f"select {_COLUMNS} from core.file where id = any($1) and plugin = $2",  # noqa: S608 - our own columns
            list(file_ids),
            self._holder.plugin,
        )
        return {row["id"]: StoredFile(**row) for row in rows}

    def path(self, file: StoredFile, /, size: PictureSize = PictureSize.LARGE) -> str:
        """Where a browser gets it: of a file that is not public, good for everybody who has it, for ten minutes at most.

        On a screen that is shown it is good no longer than the screen is.
        """
        asked = {} if size is PictureSize.LARGE else {"size": size.value}
        if not file.public:
            until = int(self._now.timestamp() / PATH_STEP.total_seconds()) + 2
            shown = str(self._holder.showing_id or "")
            asked |= {"until": str(until), **({"shown": shown} if shown else {}), "tag": _tag(self._sign, file.id, until, shown)}
        return f"/files/{file.id}" + (f"?{urlencode(asked)}" if asked else "")

    def picture(self, file: StoredFile, /) -> Picture:
        """A picture for a template."""
        if file.width is None or file.height is None:
            msg = f"{file.id} is no picture"
            raise ValueError(msg)
        return Picture({size: self.path(file, size) for size in PictureSize}, file.width, file.height)

    async def delete(self, file_id: UUID) -> None:
        """The row in this transaction, the object after its commit. Raises `http.not_found`."""
        if not await self._host.execute("delete from core.file where id = $1 and plugin = $2", file_id, self._holder.plugin):
            raise not_found()
        for key in object_keys(self._holder.tenant_id, self._holder.plugin, file_id):
            self._unit.after_commit(partial(self._store.delete, key))


@dataclass(frozen=True)
class Signed:
    """What an address of `PluginFiles.path` says besides the file; empty where it says nothing.

    Attributes:
        shown: the screen on which it was given.
    """

    until: str = ""
    tag: str = ""
    shown: str = ""


def path_is_good(sign: Callable[[str], bytes], file_id: UUID, signed: Signed, now: datetime) -> bool:
    """Whether an address was made by `PluginFiles.path`, and not too long ago."""
    until = signed.until
    if not _STEPS.fullmatch(until):
        return False
    in_time = now.timestamp() < int(until) * PATH_STEP.total_seconds()
    return in_time and hmac.compare_digest(signed.tag.encode(), _tag(sign, file_id, int(until), signed.shown).encode())


async def file_row(session: Session, file_id: UUID) -> Record | None:
    """What the host's own page needs of a file, whoever's it is."""
    return await session.fetch_row("select plugin, name, media_type, sha256, public, width from core.file where id = $1", file_id)


def _tag(sign: Callable[[str], bytes], file_id: UUID, until: int, shown: str) -> str:
    return sign(f"{file_id} {until} {shown}".rstrip()).hex()


def _tidy(name: str) -> str:
    """The last part of the sender's name for it, printable."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[-_LONGEST_NAME:] or "file"
