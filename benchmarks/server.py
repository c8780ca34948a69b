"""The product as a user runs it in production: `smilero db upgrade`, then one `smilero web`."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Target
from benchmarks.plan import SHOPS, Plan
from benchmarks.process import finished, serving
from benchmarks.sql import run_file, settle
from smilero_core.embedded import EmbeddedServices, free_port

REDEMPTIONS = "/api/v1/coupons/redemptions"
SMILERO = str(Path(sys.executable).with_name("smilero"))


@dataclass
class Product:
    """A running one.

    Attributes:
        pid: of the web process.
        database_url: as the server's superuser.
        environment: of its processes, but for the port.
        target: where its claims are redeemed; it remembers which are used.
    """

    pid: int
    database_url: str
    environment: dict[str, str]
    target: Target


@contextmanager
def running_product(services: EmbeddedServices, plan: Plan, folder: Path) -> Iterator[Product]:
    """Migrate, fill and serve until the end of the block."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SMILERO_", "PG"))},
        "SMILERO_DATABASE_URL": services.database_socket,
        "SMILERO_REDIS_URL": services.redis_url,
        "SMILERO_SECRET_KEY": services.secret,
        "SMILERO_PORT": str(port),
    }
    finished((SMILERO, "db", "upgrade"), environment)
    token = f"smi_{secrets.token_urlsafe(32)}_"
    run_file(services.database_socket, "product.sql", plan, token=token)
    settle(services.database_socket)
    shops = folder / "shops"
    shops.write_text("".join(f"bench{n % 3}.localhost\tBearer {token}{n}\n" for n in range(SHOPS)), encoding="ascii")
    with serving((SMILERO, "web"), environment, folder / "web.log", port, "/readyz") as pid:
        yield Product(pid, services.database_socket, environment, Target(port, REDEMPTIONS, shops, plan.claims))
