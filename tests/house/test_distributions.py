"""What is installed and what is shipped is what stands in the folders."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import LookedAt
from tests.house.tree import ROOT, kept_files, package_folders

SHIPPED = {".": ("core/smilero_core", "tenants/smilero_tenants", "web/smilero_web"), "sdk": ("sdk/smilero_sdk",)} | {
    str(folder.parent.relative_to(ROOT)): (str(folder.relative_to(ROOT)),) for folder in ROOT.glob("plugins/*/smilero_*")
}


def test_every_package_is_imported_from_its_folder(tmp_path: Path, looked_at: LookedAt) -> None:
    folders = package_folders(ROOT)
    looked_at("packages", folders)
    names = ", ".join(folder.name for folder in folders)
    code = f"import {names}\nfor module in ({names},): print(module.__file__)"
    run = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == [str(folder / "__init__.py") for folder in folders]


@pytest.mark.parametrize("distribution", SHIPPED)
def test_the_wheel_carries_every_file(distribution: str, tmp_path: Path, looked_at: LookedAt) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT / distribution, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    written = [
        f"{Path(folder).name}/{path.relative_to(ROOT / folder)}" for folder in SHIPPED[distribution] for path in kept_files(ROOT, folder)
    ]
    if distribution == ".":
        written += [f"smilero_core/{path.relative_to(ROOT)}" for path in kept_files(ROOT, "alembic")]
        built = [path for path in (ROOT / "web/smilero_web/static/dist").rglob("*") if path.is_file()]
        looked_at("built files", built)
        written += [str(path.relative_to(ROOT / "web")) for path in built]
        assert "smilero_core/alembic/env.py" in carried
    looked_at("files", written)
    assert set(written) - carried == set()
