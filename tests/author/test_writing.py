"""`docs/plugins/writing.md`, done by a stranger: outside of the repository, in a fresh environment with two wheels of ours."""

import json
import re
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

from tests.author.steps import steps_of
from tests.author.stranger import ROOT, Stranger, stranger
from tests.conftest import LookedAt

_DOCUMENT = ROOT / "docs" / "plugins" / "writing.md"
_PAGE = "/hanmadi/notes"


def test_every_step_of_the_tutorial(looked_at: LookedAt) -> None:
    steps = steps_of(_DOCUMENT)
    looked_at("steps", [f"{number} {step.language} {step.how}" for number, step in enumerate(steps)])
    with stranger() as author:
        with ExitStack() as stack:
            for step in steps:
                if step.language != "sh":
                    step.write(author.folder)
                elif step.how == "background":
                    stack.enter_context(author.leaves_running(step.text))
                else:
                    author.type(step.text)
            require_two_wheels(author)
            require_green_tests(author)
            require_busan_only(author)
        require_exit_code(author)
        require_unit_tests_without_the_application(author)


def require_two_wheels(author: Stranger) -> None:
    where = author.type(
        ".venv/bin/python -c 'import smilero_core, smilero_sdk; print(smilero_core.__file__, smilero_sdk.__file__)'"
    ).split()
    assert all(Path(place).is_relative_to(author.folder / ".venv") for place in where), where
    assert "include-system-site-packages = false" in (author.folder / ".venv" / "pyvenv.cfg").read_text()


def require_green_tests(author: Stranger) -> None:
    counts = [re.search(r"(\d+) passed", said) for said in author.said if "contract::hanmadi" in said]
    # Twice: as it was written, and as it was changed.
    assert [int(count[1]) >= 25 for count in counts if count] == [True, True], author.said


def require_busan_only(author: Stranger) -> None:
    assert {slug: author.status(_PAGE, f"{slug}.localhost") for slug in ("busan", "seongnam", "bucheon")} == {
        "busan": HTTPStatus.OK,
        "seongnam": HTTPStatus.NOT_FOUND,
        "bucheon": HTTPStatus.NOT_FOUND,
    }
    listed = json.loads(author.type("SMILERO_PLUGINS=hanmadi .venv/bin/smilero plugin list --json"))
    assert [row["enabled"] for row in listed if row["name"] == "hanmadi"] == [["busan"]]


def require_exit_code(author: Stranger) -> None:
    """A plugin that lacks a sentence is refused as a start would refuse it, and scripts see that it failed."""
    catalogue = author.folder / "hanmadi" / "smilero_hanmadi" / "locale" / "ko.po"
    catalogue.write_text(
        catalogue.read_text(encoding="utf-8").replace("permission.hanmadi.post", "permission.hanmadi.lost"), encoding="utf-8"
    )
    said = author.fails(".venv/bin/smilero plugin check hanmadi --json 2>&1")
    assert "permission.hanmadi.post" in said
    assert said.rstrip().endswith("(plugins.broken)")


def require_unit_tests_without_the_application(author: Stranger) -> None:
    """What needs no host still runs, and the contract is skipped with a line that says why."""
    author.type(".venv/bin/pip uninstall --quiet --yes smilero")
    said = author.type("cd hanmadi && ../.venv/bin/pytest -rs")
    assert "1 passed" in said
    assert "the application is not installed here, so the contract suite of hanmadi cannot run" in said
