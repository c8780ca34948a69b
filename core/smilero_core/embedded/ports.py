"""TCP ports of this machine."""

import errno
import socket

from smilero_sdk.errors import Problem

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now; who binds it later must be ready to find it taken."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def require_port(port: int, host: str = LOOPBACK) -> None:
    """Raise `embedded.port_in_use` or `embedded.port_denied` unless a server could listen on `host`:`port` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As uvicorn binds: connections of an earlier run that still wait in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem("embedded.port_in_use", port=str(port)) from None
            if error.errno in {errno.EACCES, errno.EPERM}:
                raise Problem("embedded.port_denied", port=str(port)) from None
            raise
