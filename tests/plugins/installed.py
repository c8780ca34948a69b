"""The plugins of the tests as if they were installed: a folder for the path with their package and its entry points."""

import shutil
from pathlib import Path

NAMES = ("lantern", "candle", "glow", "stranger")
LANTERN = Path(__file__).parent / "lantern"


def install(folder: Path, *, mute: bool = False) -> dict[str, str]:
    """Write the distribution. Returns the environment of a process that has it.

    Args:
        mute: with a plugin besides whose setting has no words.
    """
    package, written = folder / "smilero_lantern", folder / "smilero_plugin_lantern-2.3.4.dist-info"
    shutil.copytree(LANTERN, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    written.mkdir()
    names = (*NAMES, "mute") if mute else NAMES
    points = "".join(f"{name} = smilero_lantern.plugin:{'plugin' if name == 'lantern' else name}\n" for name in names)
    (written / "METADATA").write_text("Metadata-Version: 2.1\nName: smilero-plugin-lantern\nVersion: 2.3.4\n", encoding="utf-8")
    (written / "entry_points.txt").write_text(f"[smilero.plugins]\n{points}", encoding="utf-8")
    # The operator's list is the usual one: a stranger's plugin is installed and not on it.
    return {"PYTHONPATH": str(folder), "SMILERO_PLUGINS": ""}
