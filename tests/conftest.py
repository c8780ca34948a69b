"""What all tests of the application share."""

from collections.abc import Callable, Collection

import pytest

LookedAt = Callable[[str, Collection[object]], None]


@pytest.fixture
def looked_at(request: pytest.FixtureRequest) -> LookedAt:
    """Put on record what a check looked at: it fails on nothing, the run's end tells how many, and with -v which."""

    def record(what: str, subjects: Collection[object]) -> None:
        assert subjects, f"{request.node.nodeid} found no {what} to look at"
        request.node.user_properties.append(("looked at", (what, sorted(map(str, subjects)))))

    return record


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the subjects of every check, from all workers."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    looked = [(report.nodeid, *value) for report in reports for key, value in report.user_properties if key == "looked at"]
    if looked:
        terminalreporter.section("looked at")
    for nodeid, what, subjects in sorted(looked):
        terminalreporter.write_line(f"{len(subjects):7,} {what}: {nodeid}")
        if terminalreporter.verbosity > 0:
            terminalreporter.write_line(f"        {', '.join(subjects)}")
