"""No test calls out: a connection to anything but this machine fails, whoever opens it."""

import socket
import sys
from ipaddress import ip_address
from typing import Any

_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo"})
_OURS = ("localhost", ".localhost")


class CallsOutError(RuntimeError):
    """Something tried to reach another machine."""


class Loopback:
    """The guard. Python's audit hooks stay for the life of a process, so there is one and it can be put to rest."""

    def __init__(self) -> None:
        self.closed = False
        self._installed = False

    def close(self) -> None:
        """From now on nothing leaves."""
        self.closed = True
        if not self._installed:
            sys.addaudithook(self._hear)
            self._installed = True

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.closed or event not in _WATCHED:
            return
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[-1]
        if isinstance(arguments[0], socket.socket) and arguments[0].family not in {socket.AF_INET, socket.AF_INET6}:
            return
        host = address[0] if isinstance(address, tuple) else address
        if not is_loopback(host):
            msg = f"a test may not reach {host}: only this machine answers here"
            raise CallsOutError(msg)


def is_loopback(host: object) -> bool:
    """Whether an address, or the name of one, is this machine itself."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in {"", _OURS[0]} or name.endswith(_OURS[1]):
        return True
    try:
        found = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


LOOPBACK = Loopback()
