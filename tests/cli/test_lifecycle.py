"""`smilero plugin uninstall` and `install`, and `smilero person`, as an operator types them, beside a running service."""

import json
import signal
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from smilero_core.embedded import free_port
from tests.support.commands import Home, own_folder, running

CAMPAIGNS = "/api/v1/coupons/campaigns"


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A service with one foundation that has coupons on."""
    with own_folder() as folder:
        home = Home(folder / "data", free_port())
        with running("up", **home.variables) as command:
            command.until("준비되었습니다")
            assert home.smilero("tenant", "create", "changwon", "--name", "창원시상권활성화재단").code == 0
            assert home.smilero("plugin", "enable", "coupons", "--tenant", "changwon").code == 0
            yield home


def schemas(home: Home) -> list[str]:
    """Those of coupons: other plugins are installed as well, and stay."""
    return [row[0] for row in home.query("select nspname::text from pg_namespace where nspname = 'plugin_coupons'")]


def test_out_and_in_again(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "coupons.zip"
    assert home.smilero("plugin", "uninstall", "coupons", "--export", file, "--yes").refused("plugins.still_on", "changwon")
    assert not file.exists()
    unsure = home.smilero("plugin", "uninstall", "coupons", "--export", file)
    assert (unsure.code, unsure.out.strip()) == (1, "")
    assert schemas(home) == ["plugin_coupons"]

    gone = home.smilero("plugin", "uninstall", "coupons", "--export", file, "--yes", "--force")
    assert gone.code == 0, gone.err
    assert str(file) in gone.err.splitlines()[-1]
    assert schemas(home) == []
    assert home.query("select rolname from pg_roles where rolname = 'plugin_coupons'") == []
    assert home.smilero("db", "check").code == 0
    assert home.smilero("plugin", "enable", "coupons", "--tenant", "changwon").refused("plugins.uninstalled", "smilero plugin install")
    assert home.smilero("db", "upgrade").code == 0
    assert schemas(home) == []
    assert home.get("/readyz")[0] == 200
    assert home.get(CAMPAIGNS, "changwon.localhost")[0] == 404
    assert home.get("/", "changwon.localhost")[0] == 200

    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(file.read_bytes()[:-100])
    assert home.smilero("plugin", "install", "coupons", "--from", damaged).refused("plugins.archive_damaged", "damaged.zip")
    assert home.smilero("plugin", "install", "nothing").refused("plugins.unknown", "nothing")
    assert home.smilero("plugin", "install", "storefront", "--from", file).refused("plugins.archive_foreign", "coupons")
    with running("plugin", "install", "coupons", "--from", str(file), **home.variables) as command:
        command.until("설치합니다")
        command.end(signal.SIGKILL)
    # Whether the kill came before the commit or after it: it is there as a whole, or not at all.
    assert schemas(home) in ([], ["plugin_coupons"])
    back = home.smilero("plugin", "install", "coupons", "--from", file)
    assert back.code == 0, back.err
    assert home.smilero("db", "check").code == 0
    assert home.smilero("plugin", "enable", "coupons", "--tenant", "changwon").code == 0
    entries = home.query("select sentence from core.audit_entry where sentence like 'plugins.audit.%' order by id")
    told = [row["sentence"].rpartition(".")[2] for row in entries]
    assert told[:3] == ["enabled", "disabled", "uninstalled"]
    assert set(told[3:-1]) == {"restored"}
    assert told[-1] == "enabled"


def test_what_is_not_there_cannot_go(home: Home, tmp_path: Path) -> None:
    assert home.smilero("plugin", "uninstall", "nothing", "--export", tmp_path / "x.zip", "--yes").refused("plugins.unknown", "nothing")
    there = tmp_path / "there.zip"
    there.touch()
    assert home.smilero("plugin", "uninstall", "storefront", "--export", there, "--yes").refused("plugins.export_exists", "there.zip")
    assert home.smilero("plugin", "disable", "storefront", "--tenant", "changwon").code == 0
    nowhere = tmp_path / "no" / "x.zip"
    assert home.smilero("plugin", "uninstall", "storefront", "--export", nowhere, "--yes").refused("plugins.export_failed", str(nowhere))


def test_a_person_is_handed_over_and_erased(demo: Home, tmp_path: Path) -> None:
    file, whom = tmp_path / "person.zip", ("--tenant", "busan", "--phone", "010-0000-2099")
    assert demo.smilero("person", "export", file, *whom).code == 0
    with ZipFile(BytesIO(file.read_bytes())) as source:
        assert "010-0000-2099" in source.read("index.html").decode()
        assert json.loads(source.read("01-core.json"))["rows"][0]["phone"] == "010-0000-2099"
        assert any("coupons" in name for name in source.namelist())
    assert demo.smilero("person", "export", file, *whom).refused("plugins.export_exists", "person.zip")
    assert demo.smilero("person", "erase", *whom).code == 1
    assert demo.smilero("person", "erase", *whom, "--yes").code == 0
    assert demo.smilero("person", "erase", *whom, "--yes").refused("identity.unknown_person")
    assert demo.smilero("person", "export", tmp_path / "again.zip", *whom).refused("identity.unknown_person")
    merchant = ("--tenant", "bucheon", "--phone", "010-0000-1001")
    assert demo.smilero("person", "erase", *merchant, "--yes").refused("person.owns_shop", "누리빵집")
