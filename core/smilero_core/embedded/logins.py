"""The demo's provider of logins: `oidc-provider-mock` as a process of its own.

It lets in whoever presses a name, so it is for the demo alone.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import IO, cast
from urllib.request import ProxyHandler, build_opener

from smilero_core.embedded.ports import LOOPBACK, free_port
from smilero_sdk.errors import Problem

_PACKAGE = "oidc_provider_mock"
_START_SECONDS = 30.0
_END_SECONDS = 5.0
_LOOK_SECONDS = 0.05


@contextmanager
def running_logins(subjects: Sequence[str]) -> Iterator[str]:
    """Run it until the end of the block; yields its issuer, an address of this machine alone.

    It ends when we do, however that is: it reads its input until there is no more.
    Raises `embedded.not_installed`, `embedded.logins_failed`.

    Args:
        subjects: those who have a button there.
    """
    if find_spec(_PACKAGE) is None:
        raise Problem("embedded.not_installed", package=_PACKAGE)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "smilero_core.embedded.logins_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        # A Ctrl-C on the terminal is for us, and we end it in order.
        start_new_session=True,
    )
    told = cast("IO[str]", process.stdin)
    try:
        with suppress(BrokenPipeError):
            told.write(json.dumps({"host": LOOPBACK, "port": port, "subjects": list(subjects)}) + "\n")
            told.flush()
        issuer = f"http://{LOOPBACK}:{port}"
        _await(process, issuer)
        yield issuer
    finally:
        process.terminate()
        with suppress(BrokenPipeError):
            told.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: "subprocess.Popen[str]", issuer: str) -> None:
    # Not through a proxy of the environment.
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError), opener.open(f"{issuer}/.well-known/openid-configuration", timeout=1):
            return
        time.sleep(_LOOK_SECONDS)
    raise Problem("embedded.logins_failed")
