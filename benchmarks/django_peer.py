"""The peer: what an ordinary team would write with Django REST framework, in an environment of its own below `build/`."""

import os
import secrets
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.harness import Sample
from benchmarks.load import Target, drive
from benchmarks.plan import BUILD, FOLDER, SHOPS, BenchmarkError
from benchmarks.process import finished, serving
from benchmarks.sql import run, run_file, settle, value
from benchmarks.stage import Stage
from benchmarks.usage import Usage
from smilero_core.db.settings import with_database
from smilero_core.embedded import free_port

DATABASE = "bench_django"
ROLE = "bench_django"
_MODULE = "benchmarks.djangoshop"


class DjangoPeer:
    """A database of its own on the product's server, and gunicorn with `-w 2 -k gthread --threads 4`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        programs = _installed(stage)
        services = stage.services
        self._url = with_database(services.database_socket, DATABASE)
        password, token = secrets.token_hex(16), secrets.token_hex(16)
        stage.told("filling the Django peer's database, and starting it")
        run(
            services.database_socket,
            # Not narrowed by row security: an ordinary team has none.
            f"create role {ROLE} login nosuperuser bypassrls password '{password}'",
            f"create database {DATABASE} owner {ROLE}",
        )
        run_file(self._url, "shop.sql", stage.plan, role=ROLE)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(FOLDER.parent),
            "DJANGO_SETTINGS_MODULE": f"{_MODULE}.settings",
            **stage.server_variables(ROLE, password, DATABASE),
        }
        finished((str(programs / "python"), "-m", f"{_MODULE}.fill", token, str(SHOPS)), environment)
        settle(self._url)
        self._target = Target(free_port(), "/redeem", self._shops(token), stage.plan.claims)
        self._pid = stage.stack.enter_context(self._serving(programs, environment))

    def run(self, seconds: float) -> Sample:
        """Redeem for so long. Raises BenchmarkError when an answer said yes and no claim was redeemed."""
        before = self._redeemed()
        usage = Usage({"gunicorn": self._pid, "postgres": self._stage.postmaster()})
        got = drive(self._target, seconds)
        shares = usage.shares()
        if self._redeemed() - before < got.done:
            msg = f"{got.done} answers said yes, but {self._redeemed() - before} claims were redeemed"
            raise BenchmarkError(msg)
        return Sample(got.done / got.seconds, got.p50_ms, got.p99_ms, shares)

    def _serving(self, programs: Path, environment: dict[str, str]) -> AbstractContextManager[int]:
        command = (str(programs / "gunicorn"), "-w", "2", "-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{self._target.port}")
        return serving((*command, f"{_MODULE}.wsgi"), environment, self._stage.folder / "gunicorn.log", self._target.port, "/")

    def _shops(self, token: str) -> Path:
        place = self._stage.folder / "django-shops"
        place.write_text("".join(f"m{n % 3 + 1}.market.test\tToken {token}{n}\n" for n in range(SHOPS)), encoding="ascii")
        return place

    def _redeemed(self) -> int:
        return int(value(self._url, "select sum(redeemed) from coupons"))


def _installed(stage: Stage) -> Path:
    """The programs of the peer's environment, made when its requirements are not what they were."""
    wanted = FOLDER / "djangoshop" / "requirements.txt"
    place = BUILD / "django-peer"
    programs, stamp = place / "bin", place / "installed"
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        stage.told("installing the Django peer")
        finished((sys.executable, "-m", "venv", "--clear", str(place)))
        finished((str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(wanted)))
        stamp.write_bytes(wanted.read_bytes())
    return programs
