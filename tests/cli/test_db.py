"""`smilero db` beside a running Smilero, and on a server of one's own."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from smilero_core.db.settings import DatabaseSettings
from smilero_core.embedded import free_port
from tests.cli.conftest import Demo
from tests.support.cluster import BLANK, Cluster
from tests.support.commands import Home, running, smilero


def test_check_finds_what_an_administrator_broke(demo: Demo) -> None:
    well = demo.smilero("db", "check", "--json").json
    assert well["problems"] == []
    assert sum(well["subjects"].values()) > 100
    demo.query("alter table core.shop no force row level security")
    try:
        broken = demo.smilero("db", "check")
        assert broken.refused("database.checks_failed", "core.shop")
        told = demo.smilero("db", "check", "--json")
        assert told.code == 1
        assert '"subject": "core.shop"' in told.out
    finally:
        demo.query("alter table core.shop force row level security")
    assert demo.smilero("db", "check").code == 0


def test_upgrade_again_while_it_runs(demo: Demo) -> None:
    again = demo.smilero("db", "upgrade")
    assert (again.code, again.out) == (0, "")
    assert again.err.splitlines()[-1] == "데이터베이스가 이 판과 맞습니다."
    assert demo.get("/readyz")[0] == 200


@pytest.fixture
async def server(cluster: Cluster) -> AsyncIterator[dict[str, str]]:
    """What names a new database of a real server."""
    async with cluster.database(BLANK) as made:
        yield {"SMILERO_DATABASE_URL": made.database_url, "SMILERO_SECRET_KEY": cluster.secret}


def test_a_server_of_ones_own(server: dict[str, str], place: Path) -> None:
    home = Home(place / "data", free_port())
    named = {**home.variables, **server}
    assert smilero("tenant", "list", **named).refused("database.not_migrated", "smilero db upgrade")
    assert smilero("db", "check", **named).code == 1
    assert smilero("db", "upgrade", **named).code == 0
    assert smilero("db", "check", **named).code == 0
    assert smilero("tenant", "create", "changwon", "--name", "창원시상권활성화재단", **named).code == 0
    with running("web", **named) as web:
        web.until(f"running on http://127.0.0.1:{home.port}")
        assert home.get("/readyz")[0] == 200
        assert "창원시상권활성화재단" in home.get("/", "changwon.localhost")[1]
        assert web.end(signal.SIGTERM).code == 0
    assert not home.folder.exists()


def test_up_on_a_server_of_ones_own(server: dict[str, str], place: Path) -> None:
    home = Home(place / "data", free_port())
    with running("up", **home.variables, **server) as command:
        command.until("준비되었습니다")
        assert home.get("/readyz")[0] == 200
        assert home.smilero("tenant", "create", "changwon", "--name", "창원시상권활성화재단", **server).code == 0
        address = next(line for line in command.lines if "127.0.0.1:" in line)
        assert DatabaseSettings(database_url=server["SMILERO_DATABASE_URL"]).database_url.endswith(address.partition("127.0.0.1")[2])
    assert not (home.folder / "postgres").exists()
    assert [one["slug"] for one in smilero("tenant", "list", "--json", **home.variables, **server).json] == ["changwon"]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({}, "database.no_url"),
        ({"SMILERO_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"}, "database.no_secret"),
        ({"SMILERO_DATABASE_APP_URL": "postgresql://a:b@127.0.0.1:1/c"}, "database.no_secret"),
        ({"SMILERO_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c", "SMILERO_SECRET_KEY": "s"}, "database.unreachable"),
        ({"SMILERO_DATABASE_URL": "mysql://a:b@127.0.0.1:1/c", "SMILERO_SECRET_KEY": "s"}, "database.unreachable"),
    ],
)
def test_a_web_process_without_its_database_says_so(variables: dict[str, str], code: str) -> None:
    assert smilero("web", SMILERO_PORT="0", **variables).refused(code)


@pytest.mark.parametrize("command", [("db", "upgrade"), ("db", "check"), ("tenant", "list"), ("plugin", "list")], ids=" ".join)
def test_a_command_without_its_database_says_so(place: Path, command: tuple[str, ...]) -> None:
    assert smilero(*command, SMILERO_DATA_DIR=str(place / "data")).refused("cli.not_running", "make run")
    away = {"SMILERO_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c", "SMILERO_SECRET_KEY": "s"}
    assert smilero(*command, SMILERO_DATA_DIR=str(place / "data"), **away).refused("database.unreachable")


def test_a_wrong_secret_is_told(server: dict[str, str]) -> None:
    assert smilero("tenant", "list", **{**server, "SMILERO_SECRET_KEY": "another"}).refused("database.unreachable", "smilero_app")
