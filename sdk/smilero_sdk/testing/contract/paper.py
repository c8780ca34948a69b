"""What a plugin has to print is printed."""

from http import HTTPStatus

from smilero_sdk.answers import Printout
from smilero_sdk.testing.client import Answer
from smilero_sdk.testing.contract.stage import Grade, Stage, check
from smilero_sdk.testing.host import CAST

_PDF = "application/pdf"


@check("paper", grade=Grade.SILVER, tries=("provide_prints",))
def what_it_has_to_print_is_printed(stage: Stage) -> None:
    """Each paper that it declares, and each sheet for the stall, is a PDF that nobody keeps, for whoever may have it."""
    ids = stage.ids(stage.mine)
    declared = {address.name: stage.path(address, ids) for address in stage.host.addresses(stage.name) if address.paper}
    sheets = {f"sheet {name}": f"/portal/print/{stage.name}/{name}/pdf" for name in _sheets(stage)}
    stage.look("papers", [*declared, *sheets])
    faults = [f"nobody is shown {name}: seed demo data for it" for name, path in declared.items() if path is None]
    asked = {name: path for name, path in {**declared, **sheets}.items() if path is not None}
    stage.expect_none([*faults, *(f"{name}: {fault}" for name, path in asked.items() for fault in _faults(_first_given(stage, path)))])


def _sheets(stage: Stage) -> list[str]:
    if "provide_prints" not in stage.host.hooks(stage.name):
        return []
    shop = stage.mine.work(stage.name, "owner", lambda ctx: ctx.registry.shop(stage.mine.shop_id))
    given = dict(stage.mine.ask("provide_prints", list[Printout], shop=shop))
    return [one.name for one in given.get(stage.name, [])]


def _first_given(stage: Stage, path: str) -> Answer:
    """As the first of the cast who may have it, else as the last saw it."""
    answers = (stage.mine.client(who).get(path) for who in CAST)
    refused = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.SEE_OTHER)
    last = stage.mine.client(CAST[0]).get(path)
    for last in answers:
        if last.status not in refused:
            return last
    return last


def _faults(answer: Answer) -> list[str]:
    if answer.status != HTTPStatus.OK:
        return [f"{answer.status} for everybody"]
    kind = answer.headers.get("content-type", "")
    found = [] if kind == _PDF and answer.text.startswith("%PDF-") else [f"{kind} and no PDF"]
    return found if "no-store" in answer.headers.get("cache-control", "") else [*found, "may be kept by others"]
