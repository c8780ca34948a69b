import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LookedAt
from tests.house.tree import ROOT, kept_files, python_files

# Written in parts, so that this file does not find itself.
FOREIGN = re.compile(
    r"\b(?:pypi\.|(?:files\.)?pythonhosted\.|(?:deb|security)\.debian\.|registry\.npmjs\.)"
    r"org\b"
    r"|(?<![\w.*])/(?:root|home|Users|work)"
    r"/\w"
)
NOQA = re.compile(r"# noqa: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)* - \w")
IGNORE = re.compile(r"# type: ignore\[[\w, -]+\]  # \w")
RULE = re.compile(r'"[A-Z]+[0-9]*"')


def comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as source:
        yield from ((token.start[0], token.string) for token in tokenize.tokenize(source.readline) if token.type == tokenize.COMMENT)


def unreasoned(path: Path) -> list[str]:
    exceptions = ((line, text) for line, text in comments(path) if re.search(r"\b(?:noqa|type: ?ignore|mypy:|pragma:)", text))
    lines = path.read_text(encoding="utf-8").splitlines()
    return [f"{path}:{line} {text}" for line, text in exceptions if not (NOQA.search(lines[line - 1]) or IGNORE.search(lines[line - 1]))]


def settings(section: str) -> list[str]:
    """The lines of the sections of pyproject.toml whose name begins so."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    parts = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    return [line for part in parts if part.lstrip("[").startswith(section) for line in part.splitlines()]


def test_no_file_names_an_index_or_a_machine(looked_at: LookedAt) -> None:
    texts = {path: path.read_bytes().decode("utf-8", errors="ignore") for path in kept_files(ROOT)}
    looked_at("files", texts)
    found = [f"{path.relative_to(ROOT)}: {match[0]}" for path, text in texts.items() for match in FOREIGN.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", ["https://pypi." + "org/simple", "see /root" + "/x", "path=/home" + "/someone"])
def test_an_index_or_a_machine_is_found(text: str) -> None:
    assert FOREIGN.search(text)


def test_every_exception_to_a_rule_has_its_reason(looked_at: LookedAt) -> None:
    files = list(python_files(ROOT))
    looked_at("files", files)
    assert [where for path in files for where in unreasoned(path)] == []


def test_an_exception_without_a_reason_is_found(tmp_path: Path) -> None:
    seeded = tmp_path / "seeded.py"
    seeded.write_text(
        "import os  # noqa: F401 - a reason\nimport sys  # noqa: F401\nimport io  # noqa\n"
        "x: int = ''  # type: ignore[assignment]  # a reason\ny: int = ''  # type: ignore[assignment]\n",
        encoding="utf-8",
    )
    assert [int(where.split(":")[1].split()[0]) for where in unreasoned(seeded)] == [2, 3, 5]


def test_every_setting_that_relaxes_a_rule_has_its_reason(looked_at: LookedAt) -> None:
    lines = [line for line in settings("tool.ruff.lint") if RULE.search(line) and not line.startswith("select")]
    looked_at("rules relaxed", lines)
    assert [line for line in lines if not re.search(r"# \w", line)] == []
    overrides = "\n".join(settings("tool.mypy"))
    assert re.findall(r"^\[\[tool\.mypy\.overrides\]\]$(?!\n# \w)", overrides, flags=re.MULTILINE) == []


def test_tests_and_migrations_are_no_packages() -> None:
    # One in alembic/ would shadow Alembic, one in tests/ every other folder called tests.
    assert [path for folder in ("alembic", "tests", "plugins/*/tests") for path in ROOT.glob(f"{folder}/**/__init__.py")] == []
