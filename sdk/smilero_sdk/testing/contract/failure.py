"""A plugin that fails breaks nothing but itself."""

from http import HTTPStatus

from smilero_sdk.testing.contract.stage import Grade, Stage, check
from smilero_sdk.testing.host import Foundation

_PAGES = ((None, "/"), ("merchant", "/portal"), ("clerk", "/portal"), ("owner", "/console/shops"))


class FailedOnPurpose(Exception):  # noqa: N818 - raised on purpose
    """What the plugin's hooks raise here."""


@check("failure", suite="F2", grade=Grade.SILVER)
def a_hook_that_raises_breaks_no_page(stage: Stage) -> None:
    """Every page of the host answers as before while all hooks of the plugin raise, and the core's rows are untouched."""
    _without(stage, _raise)


@check("failure", suite="F2", grade=Grade.SILVER)
def a_hook_that_returns_rubbish_breaks_no_page(stage: Stage) -> None:
    """The same while all hooks of the plugin answer with something that they never promised."""
    _without(stage, _rubbish)


async def _raise(*_: object, **__: object) -> None:
    raise FailedOnPurpose


async def _rubbish(*_: object, **__: object) -> object:
    return object()


def _without(stage: Stage, instead: object) -> None:
    """Open the host's pages with every hook of the plugin replaced."""
    hooks = sorted(hook for hook in stage.host.hooks(stage.name) if hook.startswith(("provide_", "filter_")))
    stage.look("hooks that answer", hooks)
    before = _statuses(stage.mine)
    rows = _core_rows(stage)
    with stage.host.watching(stage.name, instead=instead) as calls:  # type: ignore[arg-type]  # either function above
        during = _statuses(stage.mine)
    # Failures make a plugin rest: switched off and on again it starts anew.
    with stage.off():
        pass
    faults = [
        f"{page}: {status} while the plugin fails, {before[page]} before" for page, status in during.items() if status != before[page]
    ]
    faults += [f"{page}: {status} before anything failed" for page, status in before.items() if status != HTTPStatus.OK]
    if _core_rows(stage) != rows:
        faults.append("the core's rows changed")
    asked = {"provide_home", "provide_front_page"} & set(hooks)
    faults += [f"{hook} was not asked, so that its failure proves nothing" for hook in asked if f"hook:{hook}" not in calls]
    stage.expect_none(faults)


def _statuses(tenant: Foundation) -> dict[str, int]:
    return {f"{path} as {who or 'nobody'}": tenant.client(who).get(path).status for who, path in _PAGES}


def _core_rows(stage: Stage) -> list[int]:
    tables = ("core.shop", "core.market", "core.person", "core.membership", "core.outbox")
    counted = [stage.host.query(f"select count(*) as n from {table} where tenant_id = $1", stage.mine.id) for table in tables]  # noqa: S608 - the names above
    return [int(rows[0]["n"]) for rows in counted]
