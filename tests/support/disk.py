"""A small disk of a test's own, to be filled."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

Mount = Callable[[str], Path]


@contextmanager
def small_disk(place: Path) -> Iterator[Mount]:
    """Mounts one at `place` with the given options, or skips the test where that is not allowed; gone at the end."""
    place.mkdir(exist_ok=True)

    def mount(options: str) -> Path:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=False, capture_output=True)
        if done.returncode != 0:
            pytest.skip("this machine does not let us mount a small disk")
        return place

    yield mount
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)
