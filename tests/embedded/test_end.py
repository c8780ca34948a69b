import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from smilero_core.embedded import Embedded
from smilero_core.embedded.account import Account
from smilero_core.embedded.lock import FileLock
from smilero_core.embedded.process import Program, Server
from tests.embedded.tools import Holding, left, query, words


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A living process of the account that the servers run as."""
    account = Account()
    with subprocess.Popen(["sleep", "600"], user=account.user, group=account.group, extra_groups=account.groups, cwd="/") as process:
        yield process
        process.kill()


def pid(folder: Path, name: str) -> int:
    return int((folder / name).read_text(encoding="ascii").split()[0])


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143)])
def test_ctrl_c_and_sigterm_end_both_servers_cleanly(made: Path, number: int, status: int) -> None:
    with Holding(made) as holding:
        holding.services()
        assert left(made) == ["postgres", "redis"]
        assert holding.process.pid not in {os.getpgid(pid(made, name)) for name in ("postgres/postmaster.pid", "redis/redis.pid")}
        os.killpg(holding.process.pid, number)  # as a terminal does: to the whole group
        assert holding.process.wait() == status
    assert left(made) == []
    assert "database system is shut down" in (made / "postgres.log").read_text(encoding="utf-8")
    assert not (made / "run").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_first_start_that_was_cut_off_is_made_anew(place: Path, number: int) -> None:
    folder = place / "data"
    with Holding(folder) as holding:
        while not (folder / "postgres.draft" / "PG_VERSION").exists():
            assert holding.process.poll() is None
        holding.process.send_signal(number)
        assert holding.process.wait() != 0
    assert not (folder / "postgres").exists()
    with Embedded(folder, durable=False) as services:
        assert query(services.database_url, "select 1 as one")[0]["one"] == 1
    assert not (folder / "postgres.draft").exists()
    assert left(folder) == []


def test_servers_left_by_a_killed_process_are_replaced_without_loss(made: Path) -> None:
    with Holding(made) as holding:
        old = holding.services()
        holding.process.kill()
    query(old.database_url, "insert into kept values ('after the kill')")  # they do live on
    with redis.Redis.from_url(old.redis_url) as client:
        first = client.info("server")["run_id"]
    with Embedded(made, durable=False) as new:
        assert "after the kill" in words(new)
        with redis.Redis.from_url(new.redis_url) as client:
            assert client.info("server")["run_id"] != first
        with pytest.raises(ConnectionRefusedError):
            query(old.database_url, "select 1")


def test_nothing_committed_is_lost_when_postgres_is_killed_too(made: Path) -> None:
    with Holding(made) as holding:
        query(holding.services().database_url, "insert into kept values ('부산')")
        holding.process.kill()
    for name in ("postgres/postmaster.pid", "redis/redis.pid"):
        os.kill(pid(made, name), signal.SIGKILL)
    with Embedded(made, durable=False) as new:
        assert "부산" in words(new)


def test_a_stale_process_id_neither_stops_a_start_nor_its_new_owner(made: Path, bystander: subprocess.Popen[bytes]) -> None:
    lines = [str(bystander.pid), str(made / "postgres"), "1795475700", "5432", "", "127.0.0.1", "0 0", "ready"]
    (made / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (made / "redis" / "redis.pid").write_text(f"{bystander.pid}\n", encoding="ascii")
    with Embedded(made, durable=False) as services:
        assert words(services) == {"모란"}
    assert bystander.poll() is None


def test_a_server_that_ignores_the_gentle_signal_is_ended_all_the_same(place: Path) -> None:
    account = Account()
    account.share(place)
    server = Server(Program("deaf", place, place / "deaf.pid", ((signal.SIGTERM, 0.1), (signal.SIGKILL, 10))), place, account)
    server.end_leftover()
    server.start(("sh", "-c", "trap '' TERM; echo deaf; exec sleep 600"), "", lambda: "deaf" in server.log.read_text(), 10)
    assert not FileLock(place / "deaf.lock").try_acquire()
    server.stop()
    assert FileLock(place / "deaf.lock").try_acquire()
