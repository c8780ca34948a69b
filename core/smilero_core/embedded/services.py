"""Both servers together, and the secret of the installation."""

import json
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

from smilero_core.embedded.account import Account
from smilero_core.embedded.folder import claimed, is_claimed, sockets, told, write_private
from smilero_core.embedded.postgres import Postgres
from smilero_core.embedded.redis import Redis

_ADDRESSES = "services.json"


@dataclass(frozen=True)
class EmbeddedServices:
    """Where the servers are, and what they need.

    Attributes:
        database_url: of database `smilero` by TCP, as the cluster's superuser when it is embedded.
        database_socket: the same through the Unix socket; `database_url` itself when the server is not embedded.
        redis_url: `unix://:password@/path` when it is embedded.
        secret: 64 hex digits, made at the first start: the master secret of this installation.
    """

    database_url: str = field(repr=False)
    database_socket: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret: str = field(repr=False)


def find_running(data_dir: Path) -> EmbeddedServices | None:
    """The services that another process runs in `data_dir`, for a command beside it; None when none does or it is not ready yet."""
    folder = data_dir.resolve()
    place = folder / _ADDRESSES
    if not is_claimed(folder) or not place.exists():
        return None
    with told(folder):
        return EmbeddedServices(**json.loads(place.read_text(encoding="utf-8")))


class Embedded(AbstractContextManager[EmbeddedServices]):
    """PostgreSQL and Redis that run from `with` to its end, their data in `data_dir`.

    Both end when the block is left, by an exception as well: whoever calls this turns SIGTERM into one. After `kill -9` they
    live on until the next start ends them. `durable=False` (tests) survives killed servers, but no crash of the machine.
    A URL that is given stands for a server that is there: it is passed on, and none is started.

    Raises Problem `embedded.*`.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, database_url: str | None = None, redis_url: str | None = None) -> None:
        self._folder = data_dir.resolve()
        self._durable = durable
        self._database_url = database_url
        self._redis_url = redis_url
        self._running = ExitStack()

    def __enter__(self) -> EmbeddedServices:
        """Start what is not there; returns when both answer."""
        with ExitStack() as stack:
            secret = stack.enter_context(claimed(self._folder))
            database_url = database_socket = self._database_url
            redis_url = self._redis_url
            with told(self._folder):
                account = Account()
                account.share(self._folder)
                run = stack.enter_context(sockets(self._folder, account))
                if database_url is None or database_socket is None:
                    postgres = Postgres(self._folder, secret, account, durable=self._durable)
                    database_url, database_socket = stack.enter_context(postgres.running(run))
                if redis_url is None:
                    redis_url = stack.enter_context(Redis(self._folder, secret, account).running(run))
                services = EmbeddedServices(database_url, database_socket, redis_url, secret)
                place = self._folder / _ADDRESSES
                stack.callback(place.unlink, missing_ok=True)
                write_private(place, json.dumps(asdict(services)))
            self._running = stack.pop_all()
        return services

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop both, Redis first."""
        self._running.close()
