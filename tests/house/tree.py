"""The files that the checks of the house look at."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("sdk/smilero_sdk", "core/smilero_core", "tenants/smilero_tenants", "web/smilero_web", "plugins/*/smilero_*")
_MADE = frozenset({"build", "dist", "node_modules", "__pycache__"})


def python_files(root: Path) -> Iterator[Path]:
    """Every Python file below `root` that someone wrote."""
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if name not in _MADE and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))


def package_folders(root: Path) -> list[Path]:
    """The folder of every import package that is shipped."""
    return [folder for pattern in PACKAGES for folder in sorted(root.glob(pattern)) if folder.is_dir()]


def shipped_python(root: Path) -> list[Path]:
    """Every Python file of every import package that is shipped."""
    return [path for folder in package_folders(root) for path in python_files(folder)]


def kept_files(root: Path, *folders: str) -> list[Path]:
    """Every file that git has or would take, below `folders` or everywhere."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = (root / name for name in listing.split("\0") if name)
    return [path for path in paths if path.is_file() and not path.is_symlink()]
