"""Workers to kill: a program that has loaded the product once and forks a worker for each line `start` on its input.

It prints the process id of each, and ends them all with its input. A fork is as real a process as any, and is there at once.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress

from smilero_core.db.settings import DatabaseSettings
from smilero_web.runtime import assemble
from smilero_web.settings import WebSettings
from smilero_web.worker import work


def main() -> None:
    parts = assemble(WebSettings())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    workers = []
    for _ in sys.stdin:
        worker = os.fork()
        if not worker:
            asyncio.run(work(parts, DatabaseSettings()))
        workers.append(worker)
        print(worker, flush=True)
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


if __name__ == "__main__":
    main()
