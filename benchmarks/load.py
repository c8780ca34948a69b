"""Redemptions over HTTP: by wrk, or by a client of ours where there is no wrk."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.plan import FOLDER, BenchmarkError
from benchmarks.process import finished

CONNECTIONS = 32
_MOST_REFUSED = 0.005


@dataclass
class Target:
    """An address at which claims are redeemed, each once.

    Attributes:
        shops: the file with Host and Authorization of each shop, a tab between.
        used: how many of the claims have been sent.
    """

    port: int
    path: str
    shops: Path
    claims: int
    used: int = 0


@dataclass(frozen=True)
class Drive:
    """What a round of load got.

    Attributes:
        done: answers that say yes.
        wrong: others, and connections that broke.
    """

    done: int
    wrong: int
    seconds: float
    p50_ms: float
    p99_ms: float


def drive(target: Target, seconds: float) -> Drive:
    """Redeem as fast as 32 connections can.

    Raises BenchmarkError when more than 0.5 % went wrong, or when the claims ran out.
    """
    told = json.loads(finished(_command(target, seconds)).strip().splitlines()[-1])
    target.used = told["next"]
    if target.used > target.claims:
        msg = f"{target.claims:,} claims were not enough; a greater BENCH_SECONDS makes more of them"
        raise BenchmarkError(msg)
    wrong = told["refused"] + told["broken"]
    if wrong > _MOST_REFUSED * max(1, told["answers"]):
        msg = f"{told['refused']} of {told['answers']} answers were refusals, and {told['broken']} connections broke"
        raise BenchmarkError(msg)
    return Drive(told["answers"] - told["refused"], wrong, told["seconds"], told["p50_ms"], told["p99_ms"])


def get_repeatedly(port: int, path: str, host: str, seconds: float) -> Drive:
    """Open one page as often as 32 connections can. Raises BenchmarkError when any answer is wrong, or without wrk."""
    wrk = _wrk()
    if wrk is None:
        msg = "wrk is needed to open pages: install it"
        raise BenchmarkError(msg)
    heads = ("-H", f"Host: {host}", "-H", "Accept-Encoding: gzip")
    script = str(FOLDER / "lua" / "page.lua")
    where = f"http://127.0.0.1:{port}{path}"
    said = finished([wrk, "-t1", f"-c{CONNECTIONS}", f"-d{_whole(seconds)}s", "--timeout", "10s", *heads, "-s", script, where])
    told = json.loads(said.strip().splitlines()[-1])
    wrong = told["refused"] + told["broken"]
    if wrong:
        msg = f"{told['refused']} of {told['answers']} answers were no page, and {told['broken']} connections broke"
        raise BenchmarkError(msg)
    return Drive(told["answers"], wrong, told["seconds"], told["p50_ms"], told["p99_ms"])


def _command(target: Target, seconds: float) -> list[str]:
    url = f"http://127.0.0.1:{target.port}"
    what = [str(target.shops), str(target.used), str(target.claims), target.path]
    wrk = _wrk()
    if wrk is None:
        return [sys.executable, "-m", "benchmarks.client", url, str(CONNECTIONS), str(seconds), *what]
    script = str(FOLDER / "lua" / "redeem.lua")
    return [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{_whole(seconds)}s", "--timeout", "10s", "-s", script, url, "--", *what]


def _whole(seconds: float) -> int:
    """In whole seconds, as wrk counts."""
    return max(1, round(seconds))


@cache
def _wrk() -> str | None:
    """The program, installed first where that is ours to do: on Debian, as root."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        quiet = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        finished((*quiet, "update"), environment)
        finished((*quiet, "install", "--yes", "--no-install-recommends", "wrk"), environment)
    return shutil.which("wrk")
