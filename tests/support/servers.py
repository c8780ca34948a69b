"""Servers of a test's own, to be killed and started again."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path

from smilero_core.embedded.account import Account
from smilero_core.embedded.folder import sockets
from smilero_core.embedded.redis import Redis
from tests.support.cluster import connected


class OwnRedis:
    """A redis at one address, however often it is started.

    Attributes:
        url: where it is.
    """

    def __init__(self, folder: Path, secret: str) -> None:
        self._folder = folder
        self._account = Account()
        self._account.share(folder)
        self._stack = ExitStack()
        self._server = ExitStack()
        self._sockets = self._stack.enter_context(sockets(folder, self._account))
        self._secret = secret
        self.url = self.start()

    def start(self) -> str:
        """Start it, empty."""
        return self._server.enter_context(Redis(self._folder, self._secret, self._account).running(self._sockets))

    def kill(self) -> None:
        """As a machine's end would."""
        os.kill(self._pid, signal.SIGKILL)
        self._server.close()

    def hang(self) -> None:
        """Let it take connections and commands, and answer nothing."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        os.kill(self._pid, signal.SIGCONT)

    @property
    def _pid(self) -> int:
        return int((self._folder / "redis" / "redis.pid").read_text())

    def close(self) -> None:
        """End it."""
        self._server.close()
        self._stack.close()


async def crash_postgres(url: str) -> None:
    """Kill one of its processes: the server ends all others, recovers from its log and takes connections again, at the same place."""
    async with connected(url) as victim:
        os.kill(victim.get_server_pid(), signal.SIGKILL)
