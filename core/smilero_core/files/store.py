"""Where the content of files is: a folder, or S3 and what is compatible, behind one interface (obstore)."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from smilero_sdk.errors import Problem, not_found
from smilero_sdk.services import PictureSize

log = logging.getLogger(__name__)

_S3 = "s3://"
_CHUNK_BYTES = 256 * 1024


def object_key(tenant_id: UUID, plugin: str, file_id: UUID, size: PictureSize = PictureSize.LARGE) -> str:
    """Where an object is: the tenant first. A picture's smaller ones have the name of their size behind it."""
    return f"{tenant_id}/{plugin}/{file_id}" + ("" if size is PictureSize.LARGE else f".{size.value}")


def object_keys(tenant_id: UUID, plugin: str, file_id: UUID) -> Sequence[str]:
    """Where everything is that a file may be made of."""
    return [object_key(tenant_id, plugin, file_id, size) for size in PictureSize]


@dataclass(frozen=True)
class Content:
    """An object that is being read. `size` in bytes."""

    size: int
    pieces: AsyncIterator[bytes]


class FileStore:
    """Objects by key. It knows nothing of rows."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def at(cls, url: str, folder: Path) -> "FileStore":
        """The store of an address.

        Args:
            url: `s3://bucket/prefix`, with the credentials and the endpoint in the environment as AWS's own tools read them
                (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, …); empty for the folder.
            folder: made when it is first written to.
        """
        if url.startswith(_S3):
            local = url.partition("://")[2]
            bucket, _, prefix = local.partition("/")
            return cls(S3Store(bucket, prefix=prefix or None))
        if url:
            msg = f"{url!r} is no address of a file store: s3://bucket/prefix, or nothing for a folder"
            raise ValueError(msg)
        return cls(_Folder(folder))  # type: ignore[arg-type]  # opened when it is needed

    async def put(self, key: str, content: bytes) -> None:
        """Write an object. Raises `files.not_stored` (503) when the store is full, may not be written to, or is away."""
        try:
            await obstore.put_async(self._opened, key, content)
        except (BaseError, OSError) as error:
            log.exception("a file could not be stored")
            raise Problem("files.not_stored", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"}) from error

    async def read(self, key: str) -> Content:
        """The content. Raises `http.not_found` when the object is gone, `files.away` (503) when the store is."""
        try:
            found = await obstore.get_async(self._opened, key)
        except FileNotFoundError as error:
            raise not_found() from error
        except (BaseError, OSError) as error:
            raise Problem("files.away", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "10"}) from error

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=_CHUNK_BYTES):
                yield bytes(piece)

        return Content(found.meta["size"], pieces())

    async def delete(self, key: str) -> None:
        """Delete an object; what cannot be deleted now, the sweep deletes."""
        try:
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._opened, key)
        except (BaseError, OSError) as error:
            log.warning("an object stays until the sweep: %r", error)

    async def older_than(self, prefix: str, moment: datetime) -> list[str]:
        """The keys below a prefix that were written before a moment."""
        try:
            pages = [page async for page in obstore.list(self._opened, prefix)]
        except FileNotFoundError:
            return []
        return [one["path"] for page in pages for one in page if one["last_modified"] < moment]

    @property
    def _opened(self) -> ObjectStore:
        return self._store.open() if isinstance(self._store, _Folder) else self._store


class _Folder:
    """A folder that is made when it is first used: a command of the shell opens none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: LocalStore | None = None

    def open(self) -> LocalStore:
        if self._store is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(self._folder)
        return self._store
