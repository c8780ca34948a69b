"""What authors read is true: every hook is written down, tried and used; every check of the contract is in the list of quality."""

import re
from pathlib import Path

import pytest

from smilero_core.plugins.host import PluginHost
from smilero_sdk.testing.contract import CHECKS
from tests.conftest import LookedAt
from tests.house.hook_pages import KINDS, PAGE, PARTS, Hook, all_hooks, page
from tests.house.tree import ROOT, python_files

HOOKS = all_hooks()
MOST = 30
_QUALITY = ROOT / "docs" / "plugins" / "quality.md"
each_hook = pytest.mark.parametrize("hook", HOOKS, ids=[hook.name for hook in HOOKS])


def test_there_are_no_more_than_thirty_hooks(looked_at: LookedAt) -> None:
    looked_at("hooks", [hook.name for hook in HOOKS])
    assert len(HOOKS) <= MOST
    assert {hook.kind for hook in HOOKS} == set(KINDS)


@each_hook
def test_it_says_when_it_is_called_what_it_returns_and_what_a_failure_does(hook: Hook) -> None:
    assert list(hook.parts) == list(PARTS)
    assert hook.summary.endswith(".")
    assert re.fullmatch(r"\d+\.\d+", hook.parts["Since"])


@each_hook
def test_a_plugin_uses_it(hook: Hook) -> None:
    host = PluginHost.discover()
    assert [name for name in host.plugins if hook.name in host.hooks_of(name)]


@each_hook
def test_a_test_names_it(hook: Hook) -> None:
    """One of this repository's, or a check of the contract, which every plugin's tests run."""
    folders = [ROOT / "tests", *ROOT.glob("plugins/*/tests"), ROOT / "sdk" / "smilero_sdk" / "testing" / "contract"]
    tests = [path for folder in folders for path in python_files(folder) if path.parent != Path(__file__).parent]
    named = [path for path in tests if hook.name in path.read_text(encoding="utf-8")]
    assert named or any(hook.name in check.tries for check in CHECKS)


def test_the_page_of_hooks_is_as_the_hooks_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python tests/house/hook_pages.py writes it anew"


def test_every_check_is_in_the_list_of_quality(looked_at: LookedAt) -> None:
    looked_at("checks", [check.name for check in CHECKS])
    rows = re.findall(r"^\| (\w+) \| `([\w:]+)` \| (.+) \|$", _QUALITY.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted((check.grade.name.lower(), check.name, check.what) for check in CHECKS)
