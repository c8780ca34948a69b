"""The plugins of the tests as if they were installed: a folder for the path with a distribution that names their entry points."""

import os
from pathlib import Path

from tests.house.tree import ROOT

NAMES = ("lantern", "candle", "glow", "stranger")


def install(folder: Path, *, mute: bool = False) -> dict[str, str]:
    """Write the distribution. Returns the environment of a process that has it.

    Args:
        mute: with a plugin besides whose setting has no words.
    """
    written = folder / "smilero_plugin_lantern-2.3.4.dist-info"
    written.mkdir(parents=True)
    points = "".join(
        f"{name} = tests.plugins.lantern.plugin:{'plugin' if name == 'lantern' else name}\n"
        for name in (*NAMES, *(["mute"] if mute else []))
    )
    (written / "METADATA").write_text("Metadata-Version: 2.1\nName: smilero-plugin-lantern\nVersion: 2.3.4\n", encoding="utf-8")
    (written / "entry_points.txt").write_text(f"[smilero.plugins]\n{points}", encoding="utf-8")
    return {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
