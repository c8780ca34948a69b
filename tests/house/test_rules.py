"""The rules of ruff that this repository adds or relies on are in force, in packages and plugins."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

SIX = """
def six(a: int, b: int, c: int, d: int, e: int, f: int) -> int:
    return a + b + c + d + e + f
"""
BANNED = (
    "from tortoise.transactions import in_transaction",
    "from starlette.middleware.base import BaseHTTPMiddleware",
    "from authlib.jose import jwt",
    "from unittest.mock import Mock",
)


@pytest.mark.parametrize("folder", ["core/smilero_core", "web/smilero_web", "plugins/coupons/smilero_coupons"])
@pytest.mark.parametrize(("code", "rule"), [*((line, "TID251") for line in BANNED), (SIX, "PLR0913"), ("def f(a): ...", "ANN001")])
def test_ruff_finds_it(folder: str, code: str, rule: str) -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("ruff"), "check", "--output-format=concise", "--stdin-filename", f"{folder}/seeded.py", "-"],
        cwd=ROOT,
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f" {rule} " in run.stdout, run.stdout + run.stderr
