"""A plugin that cannot be used stops the start, and the start says which, what and where; one that is missing does not (check F2)."""

from http import HTTPStatus
from pathlib import Path

import pytest

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from smilero_core.plugins.host import PluginHost, PluginLoadError
from tests.conftest import LookedAt
from tests.failures.conftest import Yard, install
from tests.support.web import running_server

pytestmark = pytest.mark.suite("F2")

MANIFEST = """
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import DataClass, Plugin

class Hooks:
    {hooks}

plugin = Plugin(name="{name}", package="smilero_lantern", title={{"ko": "등"}}, description={{"ko": "등"}}, version="1",
                implementation=Hooks(), {more})
"""
HOOK = "@hookimpl\n    {code}"

# What it does → its module, and words that the refusal must have.
BROKEN: dict[str, tuple[str, list[str]]] = {
    "raises on import": ("import no_such_module", ["smilero_lantern_", "no_such_module"]),
    "raises in register_menu": (
        MANIFEST.format(name="lantern", more="", hooks=HOOK.format(code="def register_menu(self): raise LookupError('torn')")),
        ["register_menu", "LookupError", "torn"],
    ),
    "answers rubbish in register_pages": (
        MANIFEST.format(name="lantern", more="", hooks=HOOK.format(code="def register_pages(self): return 7")),
        ["register_pages", "int", "Pages"],
    ),
    "registers asynchronously": (
        MANIFEST.format(name="lantern", more="", hooks=HOOK.format(code="async def register_menu(self): return []")),
        ["register_menu", "coroutine"],
    ),
    "misspells a hook": (
        MANIFEST.format(name="lantern", more="", hooks=HOOK.format(code="async def provide_hom(self, ctx): ...")),
        ["provide_hom"],
    ),
    "wants another argument": (
        MANIFEST.format(name="lantern", more="", hooks=HOOK.format(code="async def provide_home(self, ctx, shoop): ...")),
        ["provide_home", "shoop"],
    ),
    "stands around others": (
        MANIFEST.format(name="lantern", more="", hooks="@hookimpl(wrapper=True)\n    def provide_home(self, ctx):\n        return (yield)"),
        ["provide_home", "wrapper"],
    ),
    "claims another's name": (MANIFEST.format(name="coupons", more="", hooks="pass"), ["coupons"]),
    "is for another host": (MANIFEST.format(name="lantern", more='sdk=">=9"', hooks="pass"), [">=9", "smilero-sdk"]),
    "keeps what it knows of people": (
        MANIFEST.format(name="lantern", more="data_classes=(DataClass.PERSONAL,)", hooks="pass"),
        ["personal data", "provide_person_erasure"],
    ),
    "is no plugin": ("plugin = 3", ["smilero_lantern_", "smilero_sdk.manifest.Plugin"]),
}


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_the_start_is_refused_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, looked_at: LookedAt) -> None:
    """What `smilero up` and its like do first; `tests/cli` has the command's own words for it."""
    looked_at("plugins that stop a start", [what])
    code, words = BROKEN[what]
    package = tmp_path / f"smilero_lantern_{len(code)}"  # a module is imported once in a process
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "plugin.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(install(tmp_path, "lantern", package.name))
    with pytest.raises(PluginLoadError) as refused:
        PluginHost.discover()
    for word in ["lantern", *words]:
        assert word in str(refused.value)


async def test_one_that_is_on_and_not_installed_is_told_and_missed_by_nobody_else(yard: Yard) -> None:
    foundation = await yard.foundation()
    async with yard.site.database.unit(foundation.id) as unit:
        await switch(Session(unit), "ghost", enabled=True)
    async with running_server(yard.site.settings, yard.site.redis_url, **yard.environment) as server:
        slug = foundation.host.partition(".")[0]
        assert any("plugin ghost is on for" in line and slug in line and "not installed" in line for line in server.log)
        owner = await yard.guest(foundation, "owner")
        owner.url = server.url
        listed = await owner.get("/console/plugins")
        assert listed.status_code == HTTPStatus.OK
        assert "ghost가 켜져 있지만 이 서버에 설치되어 있지 않습니다" in listed.text
        assert "이 서버에 설치되어 있지 않아" in (await owner.get("/console/plugins/ghost/trouble")).text
        merchant = await yard.guest(foundation, "merchant")
        merchant.url = server.url
        assert "일손 구하기" in (await merchant.get("/portal")).text
