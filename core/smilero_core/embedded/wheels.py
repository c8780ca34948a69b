"""Where the programs are that the wheels of the extra `embedded` bring."""

from importlib.util import find_spec
from pathlib import Path

from smilero_sdk.errors import Problem


def packaged(package: str, folder: str) -> Path:
    """The folder `folder` in the installed import package `package`, which is not imported. Raises `embedded.not_installed`."""
    spec = find_spec(package)
    place = Path(spec.origin).resolve().parent / folder if spec and spec.origin else None
    if place is None or not place.is_dir():
        raise Problem("embedded.not_installed", package=package)
    return place
