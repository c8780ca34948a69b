"""The contract outside of pytest: every check for one installed plugin, with its grade and points."""

from collections.abc import Callable
from dataclasses import dataclass, field

from smilero_sdk.testing.contract import CHECKS, Check, ContractBroken, Grade, NothingToLookAt, Stage
from smilero_web.testhost.maker import maker

_ALL = 100


@dataclass(frozen=True)
class Found:
    """How one check went.

    Attributes:
        passed: None: the plugin has nothing that it could look at.
    """

    check: Check
    passed: bool | None
    detail: str


@dataclass(frozen=True)
class Report:
    """How a plugin did."""

    found: list[Found] = field(default_factory=list)

    def count(self, passed: bool | None) -> int:  # noqa: FBT001 - one of three outcomes
        """How many checks went so."""
        return sum(one.passed is passed for one in self.found)

    @property
    def score(self) -> int:
        """Of 100."""
        judged = self.count(True) + self.count(False)
        return self.count(True) * _ALL // judged if judged else 0

    @property
    def grade(self) -> Grade | None:
        """The highest of which nothing failed, nor of those below."""
        reached = None
        for grade in Grade:
            if any(one.passed is False for one in self.found if one.check.grade <= grade):
                break
            reached = grade
        return reached


def examine(plugin: str, told: Callable[[int, int, str], None]) -> Report:
    """Run every check on a host of its own. `told` hears how many of how many are done, and what comes next."""
    report = Report()
    with maker.services() as services, maker.host(services, plugin) as host:
        stage = Stage(host, plugin)
        for index, check in enumerate(CHECKS):
            told(index, len(CHECKS), check.what)
            report.found.append(_carry_out(check, stage))
        told(len(CHECKS), len(CHECKS), "")
    return report


def _carry_out(check: Check, stage: Stage) -> Found:
    try:
        check.carry_out(stage)
    except NothingToLookAt as error:
        return Found(check, None, str(error))
    except ContractBroken as error:
        return Found(check, False, str(error))  # noqa: FBT003 - as above
    except Exception as error:  # noqa: BLE001 - whatever the plugin's code raises, the other checks are told too
        return Found(check, False, f"{type(error).__name__}: {error}")  # noqa: FBT003 - as above
    return Found(check, True, ", ".join(f"{len(subjects)} {what}" for what, subjects in stage.looked.items()))  # noqa: FBT003 - as above
