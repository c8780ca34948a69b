"""`smilero plugin`, and a plugin that does not load."""

import time
from pathlib import Path
from textwrap import dedent

import pytest

from tests.cli.conftest import Demo
from tests.support.commands import Home, running, smilero

CAMPAIGNS = "/api/v1/coupons/campaigns"
DOOR_SECONDS = 5


def enabled(demo: Demo, slug: str) -> bool:
    return slug in next(plugin["enabled"] for plugin in demo.smilero("plugin", "list", "--json").json if plugin["name"] == "coupons")


def test_on_and_off_without_a_restart(demo: Demo, slug: str) -> None:
    host, switch = f"{slug}.localhost", ("coupons", "--tenant", slug)
    assert not enabled(demo, slug)
    for _ in range(2):  # a second time changes nothing
        assert demo.smilero("plugin", "enable", *switch).code == 0
    assert enabled(demo, slug)
    assert within_the_time_of_a_door(demo, host, 401)
    for _ in range(2):
        assert demo.smilero("plugin", "disable", *switch).code == 0
    assert not enabled(demo, slug)
    assert within_the_time_of_a_door(demo, host, 404)


def within_the_time_of_a_door(demo: Demo, host: str, status: int) -> bool:
    deadline = time.monotonic() + DOOR_SECONDS
    while demo.get(CAMPAIGNS, host)[0] != status:
        if time.monotonic() > deadline:
            return False
    return True


@pytest.mark.parametrize("command", ["enable", "disable"])
def test_what_is_not_there_is_told(demo: Demo, command: str) -> None:
    assert demo.smilero("plugin", command, "nothing", "--tenant", "seongnam").refused("plugins.unknown", "nothing")
    assert demo.smilero("plugin", command, "coupons", "--tenant", "nowhere").refused("tenancy.unknown", "nowhere")


@pytest.fixture
def broken(place: Path) -> dict[str, str]:
    """A distribution on the path whose plugin does not import."""
    installed = place / "site" / "smilero_plugin_lantern-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: smilero-plugin-lantern\nVersion: 1.0\n", encoding="utf-8")
    (installed / "entry_points.txt").write_text("[smilero.plugins]\nlantern = smilero_lantern.plugin:plugin\n", encoding="utf-8")
    return {"PYTHONPATH": str(installed.parent), "SMILERO_DATA_DIR": str(place / "data"), "SMILERO_PORT": "0"}


@pytest.mark.parametrize("command", [("up",), ("db", "upgrade"), ("plugin", "list")], ids=" ".join)
def test_a_plugin_that_does_not_load_stops_the_start_and_is_named(broken: dict[str, str], command: tuple[str, ...]) -> None:
    assert smilero(*command, **broken).refused("plugins.broken", "lantern", "smilero_lantern")


def test_a_plugin_that_does_not_load_keeps_nobody_from_the_foundations(demo: Demo, broken: dict[str, str]) -> None:
    assert len(demo.smilero("tenant", "list", "--json", PYTHONPATH=broken["PYTHONPATH"]).json) >= 3


@pytest.fixture
def unmigratable(place: Path) -> str:
    """A distribution on the path whose plugin loads, and whose first revision the database refuses."""
    site = place / "site"
    package = site / "smilero_lantern"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "models.py").touch()
    manifest = (
        'Plugin("lantern", "smilero_lantern", {"ko": "등불"}, {"ko": "빛납니다"}, "1.0", object(), models=("smilero_lantern.models",))'
    )
    (package / "plugin.py").write_text(f"from smilero_sdk.manifest import Plugin\n\nplugin = {manifest}\n", encoding="utf-8")
    revision = """
        from alembic import op

        revision, down_revision = "0001", None


        def upgrade():
            op.execute("create table plugin_lantern.flame (id int)")
            op.execute("select flicker()")
        """
    (package / "migrations" / "0001_flame.py").write_text(dedent(revision), encoding="utf-8")
    installed = site / "smilero_plugin_lantern-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: smilero-plugin-lantern\nVersion: 1.0\n", encoding="utf-8")
    (installed / "entry_points.txt").write_text("[smilero.plugins]\nlantern = smilero_lantern.plugin:plugin\n", encoding="utf-8")
    return str(site)


def test_a_migration_that_fails_stops_the_start_and_is_named(place_home: Home, unmigratable: str) -> None:
    with running("up", PYTHONPATH=unmigratable, **place_home.variables) as up:
        ended = up.end()
    *said, code = ended.err.splitlines()
    assert (ended.code, code) == (1, "(database.migration_failed)")
    assert "plugin_lantern" in said[-1]
    assert "flicker" in said[-1]
    # Nothing half done, and without it everything else starts.
    with running("up", **place_home.variables) as up:
        up.until("127.0.0.1:")
        assert place_home.query("select to_regclass('plugin_lantern.flame')::text")[0][0] is None
        assert place_home.get("/readyz")[0] == 200
