"""Every hook is used by a plugin of ours, and there are not too many of them."""

from importlib import import_module
from inspect import getdoc, iscoroutinefunction
from pathlib import Path

from smilero_core.plugins.host import PluginHost
from smilero_sdk import hooks
from tests.conftest import LookedAt

MOST = 30
KINDS = {"register_": False, "on_": True, "provide_": True, "filter_": True}


def specifications() -> dict[str, object]:
    """Every hook, by name."""
    modules = [import_module(f"{hooks.__name__}.{subject}") for subject in hooks.SUBJECTS]
    return {name: spec for module in modules for name, spec in vars(module).items() if hasattr(spec, f"{hooks.NAMESPACE}_spec")}


def test_each_hook_is_used(looked_at: LookedAt) -> None:
    host = PluginHost.discover()
    used = {name: [plugin for plugin in host.plugins if name in host.hooks_of(plugin)] for name in specifications()}
    looked_at("hooks", used)
    assert [name for name, plugins in used.items() if not plugins] == []
    assert [name for name, plugins in used.items() if "example" not in plugins] == [], "the example uses every hook"


def test_there_are_at_most_thirty_each_with_its_kind_and_words() -> None:
    found = specifications()
    assert 0 < len(found) <= MOST
    for name, spec in found.items():
        (kind,) = [prefix for prefix in KINDS if name.startswith(prefix)]
        assert iscoroutinefunction(spec) == KINDS[kind], name
        assert [word for word in ("When:", "Returns:", "Errors:", "Since:") if word not in (getdoc(spec) or "")] == [], name


def test_no_subject_is_left_out() -> None:
    assert sorted(path.stem for path in Path(hooks.__path__[0]).glob("*.py") if path.stem != "__init__") == sorted(hooks.SUBJECTS)
