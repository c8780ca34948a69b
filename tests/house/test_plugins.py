"""Every folder of plugins/ keeps the rule of one word, and every tool looks at it."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.house import contracts
from tests.house.tree import ROOT, python_files, shipped_python

PLUGINS = sorted(path for path in ROOT.glob("plugins/*") if path.is_dir() and any(path.rglob("*.*")))
each_plugin = pytest.mark.parametrize("plugin", PLUGINS, ids=[plugin.name for plugin in PLUGINS])
SCHEMA = re.compile(r"plugin_[a-z]+")


def run(*command: str | Path) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def project(plugin: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((plugin / "pyproject.toml").read_text(encoding="utf-8"))


def test_there_are_plugins() -> None:
    assert PLUGINS


@each_plugin
def test_one_word_names_it(plugin: Path) -> None:
    name, settings = plugin.name, project(plugin)["project"]
    assert re.fullmatch(r"[a-z]+", name)
    assert settings["name"] == f"smilero-plugin-{name}"
    assert settings["entry-points"] == {"smilero.plugins": {name: f"smilero_{name}.plugin:plugin"}}
    assert (plugin / f"smilero_{name}" / "__init__.py").is_file()
    assert (plugin / "README.md").is_file()


@each_plugin
def test_it_needs_nothing_of_ours_but_the_sdk(plugin: Path) -> None:
    needs = project(plugin)["project"]["dependencies"]
    assert isinstance(needs, list)
    ours = {re.split(r"[^\w-]", need)[0] for need in needs if need.startswith("smilero")}
    assert ours == {"smilero-sdk"}


@each_plugin
def test_it_names_no_schema_but_its_own(plugin: Path) -> None:
    texts = {
        node.value
        for path in python_files(plugin / f"smilero_{plugin.name}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {schema for text in texts for schema in SCHEMA.findall(text)} <= {f"plugin_{plugin.name}"}


@each_plugin
def test_it_is_installed(plugin: Path) -> None:
    assert plugin.name in entry_points(group="smilero.plugins").names
    assert f"--editable plugins/{plugin.name}" in run("make", "--dry-run", "--what-if=pyproject.toml", ".venv/.installed")


@each_plugin
def test_every_tool_looks_at_it(plugin: Path) -> None:
    package = f"smilero_{plugin.name}"
    checks = run("make", "--dry-run", "check")
    ruff = run(Path(sys.executable).with_name("ruff"), "check", "--show-files", ".")
    assert f'"{package}"' in contracts.configuration(ROOT).splitlines()[1]
    assert f"--package {package}" in checks
    assert set(map(str, python_files(plugin))) <= set(ruff.splitlines())
    assert set(python_files(plugin / package)) <= set(shipped_python(ROOT))
    assert project(plugin).get("tool", {}).keys() <= {"hatch"}
    if (plugin / "tests").is_dir():
        testpaths = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["testpaths"]
        assert f"plugins/{plugin.name}/tests" in checks
        assert plugin / "tests" in [folder for pattern in testpaths for folder in ROOT.glob(pattern)]
