"""What workloads share: the database server, and the product on it. Opened when first asked for, closed at the end."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from benchmarks.plan import Plan
from benchmarks.server import Product, running_product
from smilero_core.embedded import Embedded, EmbeddedServices


class Stage:
    """Use as a context manager.

    Args:
        told: called with what is begun, since some of it takes a while.
    """

    def __init__(self, plan: Plan, told: Callable[[str], None]) -> None:
        self.plan = plan
        self.told = told
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop everything, the last first, and remove its folder."""
        self.stack.close()

    @cached_property
    def folder(self) -> Path:
        """A folder of this run."""
        made = Path(tempfile.mkdtemp(prefix="smilero-bench-")).resolve()
        self.stack.callback(shutil.rmtree, made)
        return made

    @cached_property
    def services(self) -> EmbeddedServices:
        """PostgreSQL and Redis as `smilero up` starts them, with durable commits."""
        self.told("starting PostgreSQL and Redis")
        return self.stack.enter_context(Embedded(self.folder / "data"))

    @cached_property
    def product(self) -> Product:
        """`smilero web` with the data of three foundations."""
        services = self.services
        self.told(f"filling the product with {self.plan.claims:,} claims, and starting it")
        return self.stack.enter_context(running_product(services, self.plan, self.folder))

    def postmaster(self) -> int:
        """The process id of the database server."""
        return int((self.folder / "data" / "postgres" / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def server_variables(self, user: str, password: str, database: str) -> dict[str, str]:
        """The variables that libpq reads, for a login, through the server's socket."""
        place = parse_qs(urlsplit(self.services.database_socket).query)
        return {"PGHOST": place["host"][0], "PGPORT": place["port"][0], "PGUSER": user, "PGPASSWORD": password, "PGDATABASE": database}
