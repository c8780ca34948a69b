"""File locks that end with the processes that hold them, however those end."""

import fcntl
import os
import time
from pathlib import Path

POLL = 0.02


class FileLock:
    """An exclusive `flock(2)` on a file, made with mode 600 when it is not there.

    The kernel keeps it as long as any process has this opening of the file. A child that is given the descriptor
    goes on holding the lock after its parent's death: the lock is free exactly when the child and all its forks are gone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1

    @property
    def descriptor(self) -> int:
        """The open file, to be inherited by a child."""
        return self._descriptor

    def try_acquire(self) -> bool:
        """Take the lock without waiting. False: another process, or another `FileLock`, has it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def acquire_within(self, seconds: float) -> bool:
        """Take the lock, waiting at most `seconds`."""
        deadline = time.monotonic() + seconds
        while not self.try_acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL)
        return True

    def let_go(self) -> None:
        """Close this process's descriptor; a child that inherited it keeps the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def write_owner(self) -> None:
        """Put this process's id into the file, for whoever finds it locked."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def owner(self) -> str:
        """The process id that the holder wrote, `?` when it has not yet."""
        return self.path.read_text(encoding="ascii", errors="replace").strip() or "?"
