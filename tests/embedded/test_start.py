import stat
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis

from smilero_core.embedded import Embedded, EmbeddedServices, find_running
from tests.embedded.tools import Holding, query, words

_SETTINGS = """
    select current_setting('server_version_num')::int / 10000, current_user::text, current_database()::text,
           current_setting('timezone'), current_setting('shared_buffers'), current_setting('max_connections'),
           current_setting('listen_addresses'), datlocprovider::text, datlocale, pg_encoding_to_char(encoding)::text,
           (select rolsuper from pg_roles where rolname = current_user)
    from pg_database where datname = current_database()
"""


@pytest.mark.parametrize("way", ["database_url", "database_socket"])
def test_the_database_is_postgres_18_as_designed(running: EmbeddedServices, way: str) -> None:
    [row] = query(getattr(running, way), _SETTINGS)
    assert list(row) == [18, "smilero_admin", "smilero", "UTC", "256MB", "400", "127.0.0.1", "b", "C.UTF-8", "UTF8", True]


@pytest.mark.parametrize("way", ["database_url", "database_socket"])
def test_a_wrong_password_is_refused(running: EmbeddedServices, way: str) -> None:
    url = getattr(running, way)
    with pytest.raises(asyncpg.InvalidPasswordError):
        query(url.replace(urlsplit(url).password, "0" * 64), "select 1")


def test_redis_keeps_nothing_on_disk_and_wants_its_password(running: EmbeddedServices) -> None:
    with redis.Redis.from_url(running.redis_url, decode_responses=True) as client:
        kept = [client.config_get(name)[name] for name in ("appendonly", "save", "maxmemory-policy", "port")]
        assert kept == ["no", "", "noeviction", "0"]
    with redis.Redis(unix_socket_path=urlsplit(running.redis_url).path) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_no_password_is_in_a_command_line_or_readable_by_others(running: EmbeddedServices, template: Path) -> None:
    passwords = [running.secret, urlsplit(running.database_url).password or "", urlsplit(running.redis_url).password or ""]
    assert len(set(passwords)) == 3
    holders = [path for path in template.rglob("*") if path.is_file() and running.secret.encode() in path.read_bytes()]
    assert holders == [template / "secret"]
    assert [path.name for path in template.rglob("*") if path.is_file() and path.stat().st_mode & stat.S_IRWXO] == ["pg_hba.conf"]
    lines = [path.read_bytes().decode(errors="replace") for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in lines if any(password in line for password in passwords)]


def test_the_second_start_finds_the_data_and_the_secret_again(made: Path) -> None:
    with Embedded(made, durable=False) as first:
        query(first.database_url, "insert into kept values ('부천')")
    with Embedded(made, durable=False) as second:
        assert words(second) == {"모란", "부천"}
    assert second.secret == first.secret
    assert "database system was shut down" in (made / "postgres.log").read_text(encoding="utf-8")


def test_another_process_finds_the_running_services(made: Path, place: Path) -> None:
    assert find_running(place / "nothing here") is None
    assert find_running(made) is None
    with Holding(made) as holding:
        services = holding.services()
        assert find_running(made) == services
        assert words(services) == {"모란"}
        holding.process.kill()
        holding.process.wait()
        assert find_running(made) is None
    with Embedded(made, durable=False) as services:
        assert find_running(made) == services
    assert find_running(made) is None


def test_only_a_durable_start_waits_for_the_disk(made: Path, running: EmbeddedServices) -> None:
    ask = "select setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') order by name"
    assert [row["setting"] for row in query(running.database_url, ask)] == ["off", "off", "on"]
    with Embedded(made) as durable:
        assert [row["setting"] for row in query(durable.database_url, ask)] == ["on", "on", "on"]


def test_a_long_korean_path_with_spaces_and_a_second_folder_beside_it(place: Path, running: EmbeddedServices) -> None:
    folder = place / "전통시장 데이터" / ("가" * 60) / "it's 100%"
    with Embedded(folder, durable=False) as services:
        sockets = (folder / "run").resolve()
        query(services.database_socket, "create table only_here ()")
        with redis.Redis.from_url(services.redis_url) as client:
            assert client.set("only_here", 1)
        with redis.Redis.from_url(running.redis_url) as other:
            assert other.get("only_here") is None
        assert query(running.database_url, "select to_regclass('only_here')::text as found")[0]["found"] is None
    assert not sockets.exists()


def test_a_given_address_stands_for_its_server(made: Path, running: EmbeddedServices) -> None:
    with Embedded(made, database_url=running.database_url) as services:
        assert services.database_url == services.database_socket == running.database_url
        assert services.redis_url != running.redis_url
        assert not (made / "postgres" / "postmaster.pid").exists()
    with Embedded(made, durable=False, redis_url=running.redis_url) as services:
        assert services.redis_url == running.redis_url
        assert words(services) == {"모란"}
        assert not (made / "redis" / "redis.pid").exists()
