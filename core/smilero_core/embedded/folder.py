"""The data folder: whose it is, who uses it now, its secret, its space, its sockets."""

import errno
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from smilero_core.embedded.account import Account
from smilero_core.embedded.lock import FileLock
from smilero_sdk.errors import Problem

_MIB = 1 << 20
_LOCK, _SECRET, _SECRET_DRAFT = "lock", "secret", "secret.draft"
_GLANCE_SECONDS = 0.2  # longer than `is_claimed` has the lock
# sun_path holds 108 bytes (104 on macOS) and must fit `/.s.PGSQL.65535`. Beyond these characters a path would need quoting
# in `unix_socket_directories` and in URLs, which redis-py and arq read differently.
_SOCKET_FOLDER = re.compile(r"/[A-Za-z0-9/._-]{1,80}")


@contextmanager
def claimed(path: Path) -> Iterator[str]:
    """Hold the data folder `path` for this process, made first if it is not there; yields its secret, 64 hex digits.

    The secret is made once, and `secret` (mode 600) is what marks a folder as ours: nothing is ever written into a folder
    that has other files and no secret.

    Raises `embedded.already_running`, `.folder_is_file`, `.folder_foreign`, `.folder_denied`, `.folder_broken`, `.secret_broken`,
    `.disk_full`.
    """
    lock = FileLock(path / _LOCK)
    with told(path):
        _make(path)
        if not lock.acquire_within(_GLANCE_SECONDS):
            raise Problem("embedded.already_running", path=str(path), pid=lock.owner())
    try:
        with told(path):
            lock.write_owner()
            secret = _secret(path)
        yield secret
    finally:
        lock.let_go()


def is_claimed(path: Path) -> bool:
    """Whether a process holds the data folder `path` now."""
    lock = FileLock(path / _LOCK)
    with told(path):
        if path.exists() and not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "", str(path))
        if not lock.path.exists():
            return False
        free = lock.try_acquire()
    lock.let_go()
    return not free


def write_private(place: Path, content: str) -> None:
    """Make the file `place` with mode 600, whole or not at all, durable."""
    draft = place.with_name(f"{place.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    draft.rename(place)
    sync(place.parent)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn an OSError into the Problem about the data folder `path` that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Problem("embedded.disk_full", path=str(path)) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise Problem("embedded.folder_denied", path=str(path)) from error
        if error.errno in {errno.EEXIST, errno.ENOTDIR} and not path.is_dir():
            raise Problem("embedded.folder_is_file", path=str(path)) from error
        raise Problem("embedded.folder_broken", path=str(error.filename or path), reason=error.strerror or str(error)) from error


def require_space(path: Path, mib: int) -> None:
    """Raise `embedded.disk_full` when the disk of `path` has less than `mib` MiB for us."""
    if shutil.disk_usage(path).free < mib * _MIB:
        raise Problem("embedded.disk_full", path=str(path))


def sync(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def sockets(path: Path, account: Account) -> Iterator[Path]:
    """An empty folder for Unix sockets, the servers' account's own: `run` in the data folder `path`.

    When that name is too long for a socket, `run` is a link to a private folder among the temporary ones.
    """
    run = path / "run"
    _discard(run, account)
    if _SOCKET_FOLDER.fullmatch(str(run)):
        run.mkdir(mode=0o700)
    else:
        run.symlink_to(_private_folder())
    try:
        account.give(run.resolve())
        yield run.resolve()
    finally:
        _discard(run, account)


def _make(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {entry.name for entry in path.iterdir()}
    if _SECRET not in names and names - {_LOCK, _SECRET_DRAFT}:
        raise Problem("embedded.folder_foreign", path=str(path))
    if path.stat().st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "another user's folder", str(path))


def _secret(path: Path) -> str:
    place = path / _SECRET
    if not place.exists():
        write_private(place, secrets.token_hex(32))
    secret = place.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch("[0-9a-f]{64}", secret):
        raise Problem("embedded.secret_broken", path=str(place))
    return secret


def _private_folder() -> Path:
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes a private folder there
        folder = Path(tempfile.mkdtemp(prefix="smilero-", dir=parent)).resolve()
        if _SOCKET_FOLDER.fullmatch(str(folder)):
            return folder
        folder.rmdir()
    msg = f"no folder for sockets below {tempfile.gettempdir()} or /tmp"
    raise OSError(errno.ENAMETOOLONG, msg)


def _discard(run: Path, account: Account) -> None:
    """Remove `run` and its sockets; the folder behind a link only if it still is ours, because temporary names are used again."""
    if run.is_symlink():
        target = run.readlink()
        with suppress(FileNotFoundError):
            found = target.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid in {os.geteuid(), account.uid}:
                shutil.rmtree(target)
        run.unlink()
    elif run.exists():
        shutil.rmtree(run)
