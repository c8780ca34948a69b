"""`smilero plugin new` by itself: what it writes, and what it refuses."""

import tomllib
from pathlib import Path

import pytest

from smilero_sdk.errors import Problem
from smilero_web.scaffold import NewPlugin, write_plugin
from tests.support.commands import smilero

WORDS = {"title": "오늘 한마디", "english": "A word", "about": "알립니다", "owner": "만든이"}


def test_the_name_is_everywhere_and_no_place_is_left_open(tmp_path: Path) -> None:
    files = write_plugin(NewPlugin("stamps", **WORDS), tmp_path / "stamps", ())
    assert tmp_path / "stamps" / "smilero_stamps" / "migrations" / "0001_notes.py" in files
    assert sorted(files) == sorted(path for path in (tmp_path / "stamps").rglob("*") if path.is_file())
    assert [path for path in files if "%{" in path.read_text(encoding="utf-8")] == []
    points = tomllib.loads((tmp_path / "stamps" / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert points == {"smilero.plugins": {"stamps": "smilero_stamps.plugin:plugin"}}


def test_words_cannot_break_out_of_their_quotes(tmp_path: Path) -> None:
    files = write_plugin(NewPlugin("stamps", **{**WORDS, "title": 'a", version="9" #\\'}), tmp_path / "stamps", ())
    manifest = next(path for path in files if path.name == "plugin.py")
    compile(manifest.read_text(encoding="utf-8"), manifest.name, "exec")
    assert r'"ko": "a\", version=\"9\" #\\"' in manifest.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["core", "api", "A", "a", "two words", "with-dash", "with_line", "9lives", "../up", "class", "한글", "x" * 31, ""]
)
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem, match=r"scaffold\.name"):
        write_plugin(NewPlugin(name, **WORDS), tmp_path / "made", ())
    assert list(tmp_path.iterdir()) == []


def test_a_taken_name_is_refused_with_a_sentence(tmp_path: Path) -> None:
    assert smilero("plugin", "new", "coupons", "--path", tmp_path / "made").refused("scaffold.taken", "coupons라는", "이미")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(Problem, match=r"scaffold\.folder"):
        write_plugin(NewPlugin("stamps", **WORDS), tmp_path, ())
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_an_unknown_plugin_cannot_be_checked() -> None:
    assert smilero("plugin", "check", "nothing").refused("plugins.unknown", "nothing")
