"""What `plugin uninstall --export` writes and `plugin install --from` reads: a ZIP with a manifest and a file per table."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - the library's own name is that of a module's function

from pydantic import BaseModel, ConfigDict, ValidationError

from smilero_core.plugins.rows import Sum
from smilero_sdk.errors import Problem

# Raised when a reader of today would read tomorrow's file wrongly.
FORMAT = 1
_MANIFEST = "manifest.json"
_LONGEST_MANIFEST = 16 * 2**20


class TableFile(BaseModel):
    """A file of rows: how many, the SHA-256 of its bytes, and the types of its columns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int
    sha256: str
    columns: dict[str, str]


class ArchiveManifest(BaseModel):
    """What an archive says of itself.

    Attributes:
        revision: of the plugin's schema; None for a plugin without tables.
        tenants: slugs by id, of every foundation of the installation.
        sequences: the last value of each that was used.
        files: by name in the archive.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    plugin: str
    version: str
    revision: str | None
    exported_at: datetime
    tenants: dict[str, str]
    sequences: dict[str, int]
    files: dict[str, TableFile]

    @property
    def rows(self) -> int:
        """In all files."""
        return sum(file.rows for file in self.files.values())


class ArchiveWriter:
    """An archive that is being written."""

    def __init__(self, target: ZipFile) -> None:
        self._target = target

    @contextmanager
    def table(self, name: str) -> Iterator[Any]:
        """A file's own writer, until the end of the block."""
        with self._target.open(name, "w", force_zip64=True) as out:
            yield out

    def manifest(self, manifest: ArchiveManifest) -> None:
        """Written last: an archive without it was never finished."""
        self._target.writestr(_MANIFEST, manifest.model_dump_json(indent=2))


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write an archive and bring it to the disk. What fails leaves no file."""
    try:
        with path.open("xb") as out:
            with ZipFile(out, "w", ZIP_DEFLATED) as target:
                yield ArchiveWriter(target)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError as error:
        raise Problem("plugins.export_exists", HTTPStatus.CONFLICT, file=str(path)) from error
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Problem("plugins.export_failed", 500, file=str(path), reason=error.strerror or str(error)) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


class Archive:
    """A whole archive: every byte of it was read and is what its manifest says.

    Raises `plugins.archive_damaged`, `plugins.archive_newer`, `plugins.archive_unreadable` (422).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.manifest = self._read_manifest()
        for name, file in self.manifest.files.items():
            found = Sum()
            for line in self.lines(name):
                found.add(line)
            if (found.rows, found.digest) != (file.rows, file.sha256):
                raise self._damaged()

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, one at a time."""
        with self._opened() as source, source.open(name) as file:
            yield from file

    def _read_manifest(self) -> ArchiveManifest:
        with self._opened() as source:
            if source.getinfo(_MANIFEST).file_size > _LONGEST_MANIFEST:
                raise self._damaged()
            text = source.read(_MANIFEST)
        try:
            said: Mapping[str, Any] = json.loads(text)
            if int(said["format"]) > FORMAT:
                raise Problem("plugins.archive_newer", HTTPStatus.UNPROCESSABLE_ENTITY, file=self._path.name)
            manifest = ArchiveManifest.model_validate_json(text)
        except (ValueError, TypeError, KeyError, ValidationError) as error:
            raise self._damaged() from error
        with self._opened() as source:
            if set(source.namelist()) != {_MANIFEST, *manifest.files}:
                raise self._damaged()
        return manifest

    @contextmanager
    def _opened(self) -> Iterator[ZipFile]:
        try:
            with ZipFile(self._path) as source:
                yield source
        except OSError as error:
            reason = error.strerror or str(error)
            raise Problem("plugins.archive_unreadable", HTTPStatus.UNPROCESSABLE_ENTITY, file=str(self._path), reason=reason) from error
        except (BadZipFile, KeyError, EOFError, ZlibError, NotImplementedError, RuntimeError) as error:
            raise self._damaged() from error

    def _damaged(self) -> Problem:
        return Problem("plugins.archive_damaged", HTTPStatus.UNPROCESSABLE_ENTITY, file=self._path.name)
