from pathlib import Path

from tests.conftest import LookedAt
from tests.house.budgets import FUNCTION, measure
from tests.house.tree import ROOT


def test_files_and_functions_stay_short(looked_at: LookedAt) -> None:
    lengths = measure(ROOT)
    looked_at("files", [length.where for length in lengths.files])
    looked_at("functions", [length.where for length in lengths.functions])
    if lengths.long_files():
        looked_at("files over their budget", [f"{length.where} ({length.lines})" for length in lengths.long_files()])
    assert lengths.too_long() == []
    assert lengths.usual_function() <= FUNCTION


def test_long_ones_are_found(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "long.py").write_text("x = 1\n" * 501, encoding="utf-8")
    (tmp_path / "tests" / "long.py").write_text("x = 1\n" * 801, encoding="utf-8")
    (tmp_path / "function.py").write_text("async def long():\n" + "    x = 1\n" * 60, encoding="utf-8")
    (tmp_path / "right.py").write_text("def right():\n" + "    x = 1\n" * 59 + "x = 1\n" * 440, encoding="utf-8")

    lengths = measure(tmp_path)

    assert {length.where for length in lengths.too_long()} == {"long.py", "tests/long.py", "function.py:1 long"}
    assert {length.where for length in lengths.long_files()} == {"long.py", "right.py", "tests/long.py"}
    assert lengths.usual_function() > FUNCTION
