"""Who may import whom, as import-linter contracts made from the folders, so that a new plugin cannot be forgotten.

`python tests/house/contracts.py` prints the report for this tree.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = ("smilero_web", "smilero_tenants", "smilero_core")
SDK = "smilero_sdk"

# From the top. `|`: side by side, may not import each other; `:`: may, in one direction. In brackets: may be missing.
CORE_LAYERS = (
    "(models)",  # names the modules of all that follows
    "(platform) | (plugins) | (billing) | (messaging)",
    "(identity)",
    "(registry)",
    "(events) : (jobs) : (realtime) : (files) : (idempotency) : (limits) : (audit)",
    "(tenancy)",
    "(db) | (embedded)",
)
PLUGIN_LAYERS = ("(plugin)", "(routes) | (jobs)", "(service)", "(repository)", "(models)")


class Report(NamedTuple):
    """What import-linter said of a tree: the names of the broken contracts, how many there are, and its whole text."""

    broken: frozenset[str]
    kept: frozenset[str]
    text: str


def plugin_packages(root: Path) -> list[str]:
    """Import packages of every folder of `plugins/` that holds one."""
    return sorted(path.parent.name for path in root.glob("plugins/*/smilero_*/__init__.py"))


def _contracts(plugins: list[str]) -> dict[str, dict[str, object]]:
    contracts: dict[str, dict[str, object]] = {
        "Web, tenants, core, SDK": {"type": "layers", "layers": [*APPLICATION, SDK]},
        "Core": {"type": "layers", "layers": list(CORE_LAYERS), "containers": ["smilero_core"], "exhaustive": True},
        "No cycles": {"type": "acyclic_siblings", "ancestors": [*APPLICATION, SDK, *plugins]},
    }
    if plugins:
        contracts |= {
            "Nothing imports a plugin": {
                "type": "forbidden",
                "source_modules": [*APPLICATION, SDK],
                "forbidden_modules": plugins,
            },
            "Plugins import the SDK only": {
                "type": "forbidden",
                "source_modules": plugins,
                "forbidden_modules": list(APPLICATION),
            },
            "Plugins do not import each other": {"type": "independence", "modules": plugins},
            "Inside a plugin": {"type": "layers", "layers": list(PLUGIN_LAYERS), "containers": plugins},
        }
    return contracts


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def configuration(root: Path) -> str:
    """The import-linter configuration of the tree at `root`, as TOML."""
    plugins = plugin_packages(root)
    lines = ["[tool.importlinter]", f"root_packages = {_toml([*APPLICATION, SDK, *plugins])}"]
    for name, options in _contracts(plugins).items():
        lines += ["", "[[tool.importlinter.contracts]]", f'name = "{name}"']
        lines += [f"{key} = {_toml(value)}" for key, value in options.items()]
    return "\n".join([*lines, ""])


def check(root: Path) -> Report:
    """Run import-linter over the tree at `root`, whatever is installed."""
    config = root / "build" / "importlinter.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text(configuration(root), encoding="utf-8")
    folders = [root / "sdk", root / "core", root / "tenants", root / "web", *root.glob("plugins/*")]
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache", "--config", config],
        cwd=root,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders)), "NO_COLOR": "1", "COLUMNS": "140"},
        capture_output=True,
        text=True,
        check=False,
    )
    text = run.stdout + run.stderr
    verdicts = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.endswith((" KEPT", " BROKEN")))
    contracts = {name: verdict for name, verdict in verdicts.items() if name in _contracts(plugin_packages(root))}
    if (run.returncode == 0) != ("BROKEN" not in contracts.values()) or not contracts:
        msg = f"import-linter did not run:\n{text}"
        raise RuntimeError(msg)
    return Report(
        frozenset(name for name, verdict in contracts.items() if verdict == "BROKEN"),
        frozenset(name for name, verdict in contracts.items() if verdict == "KEPT"),
        text,
    )


if __name__ == "__main__":
    report = check(ROOT)
    sys.stdout.write(report.text)
    sys.exit(bool(report.broken))
