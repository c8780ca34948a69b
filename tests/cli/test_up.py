"""`smilero up` as a process: its end, its refusals, its neighbours. Without a demo, which makes it quick."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from smilero_core.embedded import free_port
from tests.cli.conftest import Demo
from tests.embedded.tools import left
from tests.support.commands import Done, Home, own_folder, running, smilero

READY, STOPPED = "준비되었습니다", "멈췄습니다. 자료는 그대로입니다."


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """A data folder that start after start uses."""
    with own_folder() as folder:
        yield Home(folder / "data", free_port())


def ended_in_order(ended: Done, home: Home) -> bool:
    assert (ended.code, ended.err.splitlines()[-1]) == (0, STOPPED), ended
    assert left(home.folder) == []
    with socket.create_server(("127.0.0.1", home.port)):
        return True


@pytest.mark.parametrize("said", ["폴더에서 시작합니다", "데이터베이스를 맞춥니다: core", "데이터베이스를 맞춥니다: plugin_coupons"])
def test_an_end_in_the_middle_of_a_start_is_in_order(home: Home, said: str) -> None:
    with running("up", **home.variables) as command:
        command.until(said)
        assert ended_in_order(command.end(signal.SIGTERM), home)


def test_a_kill_in_the_middle_of_the_migrations_is_made_good(place: Path) -> None:
    home = Home(place / "data", free_port())
    with running("up", **home.variables) as command:
        command.until("데이터베이스를 맞춥니다: core")
        assert command.end(signal.SIGKILL).code == -signal.SIGKILL
    with running("up", **home.variables) as command:
        command.until(READY)
        assert home.smilero("db", "check").code == 0


@pytest.mark.parametrize(
    "pressed", [(signal.SIGINT,), (signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGINT, signal.SIGINT, signal.SIGTERM)], ids=str
)
def test_each_way_to_end_it_is_in_order(home: Home, pressed: tuple[signal.Signals, ...]) -> None:
    with running("up", **home.variables) as command:
        command.until(READY)
        assert home.get("/readyz")[0] == 200
        assert ended_in_order(command.end(*pressed), home)


def test_two_starts_at_once_are_one(home: Home) -> None:
    with running("up", **home.variables) as one, running("up", **home.variables) as other:
        said = [command.until(READY, "embedded.already_running") for command in (one, other)]
        winner, loser = (one, other) if READY in said[0] else (other, one)
        assert loser.end().refused("embedded.already_running", str(home.folder), str(winner.process.pid))
        assert home.get("/healthz")[0] == 200


def test_who_runs_is_told_and_not_that_the_port_is_taken(demo: Demo) -> None:
    again = demo.smilero("up", SMILERO_ENV="demo")
    assert again.refused("embedded.already_running", str(demo.folder))
    assert demo.get("/healthz")[0] == 200


def test_two_folders_are_two_installations(demo: Demo, home: Home) -> None:
    with running("up", **home.variables) as command:
        command.until(READY)
        assert home.smilero("tenant", "list", "--json").json == []
        assert len(demo.smilero("tenant", "list", "--json").json) >= 3
        assert home.get("/", "seongnam.localhost")[0] == 404
        assert demo.get("/", "seongnam.localhost")[0] == 200


def test_a_port_that_is_taken(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = smilero("up", SMILERO_DATA_DIR=str(place / "data"), SMILERO_PORT=port)
    assert refused.refused("embedded.port_in_use", f"{port}번 포트")
    assert not (place / "data" / "postgres").exists()


def test_any_free_port_is_told(home: Home) -> None:
    with running("up", **home.variables | {"SMILERO_PORT": "0"}) as command:
        port = int(command.until(READY).rstrip("/").rpartition(":")[2])
        assert Home(home.folder, port).get("/healthz")[0] == 200


def test_a_folder_with_other_files_is_left_alone(place: Path) -> None:
    (place / "letter.txt").write_text("mine", encoding="utf-8")
    assert smilero("up", SMILERO_DATA_DIR=str(place), SMILERO_PORT="0").refused("embedded.folder_foreign", str(place))
    assert [path.name for path in place.iterdir()] == ["letter.txt"]


def test_a_folder_that_is_a_file(place: Path) -> None:
    (place / "data").touch()
    for command in (("up",), ("tenant", "list")):
        assert smilero(*command, SMILERO_DATA_DIR=str(place / "data"), SMILERO_PORT="0").refused("embedded.folder_is_file")


@pytest.mark.parametrize(
    "name", ["SMILERO_DATABASE_URL", "SMILERO_DATABASE_OWNER_URL", "SMILERO_DATABASE_APP_URL", "SMILERO_DATABASE_PLATFORM_URL"]
)
@pytest.mark.parametrize("command", ["up", "web"])
def test_no_demo_on_a_database_that_is_not_embedded(place: Path, command: str, name: str) -> None:
    variables = {"SMILERO_ENV": "demo", "SMILERO_DATA_DIR": str(place / "data"), name: "postgresql://a:b@127.0.0.1:1/c"}
    assert smilero(command, **variables).refused("cli.demo_needs_embedded")
    assert not (place / "data").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMILERO_PORT", "many"),
        ("SMILERO_PORT", "70000"),
        ("SMILERO_ENV", "test"),
        ("SMILERO_HOST", "203.0.113.7"),
        ("SMILERO_DATABASE_URL", "postgresql://[a"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(place: Path, name: str, value: str) -> None:
    assert smilero("up", SMILERO_DATA_DIR=str(place / "data"), **{name: value}).refused("cli.setting", name)
    assert not (place / "data" / "postgres").exists()
