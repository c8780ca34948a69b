"""Every page of the plugin is readable without eyes and without a mouse."""

from http import HTTPStatus
from importlib.resources import as_file, files

from smilero_sdk.testing.client import Answer
from smilero_sdk.testing.contract.stage import Grade, Stage, check
from smilero_sdk.testing.handmade import handmade_below
from smilero_sdk.testing.host import CAST, Address, Door
from smilero_sdk.testing.markup import page_faults
from smilero_sdk.testing.seen import Shown, find_browser, serious_violations


@check("accessible", suite="G1", grade=Grade.SILVER)
def pages_say_what_they_show(stage: Stage) -> None:
    """Language, title, one heading, named links, buttons and fields, alternatives of pictures: from the HTML of every page."""
    shown, unseen = _pages(stage)
    stage.look("pages", list(shown))
    faults = [f"{page}: {fault}" for page, answer in shown.items() for fault in page_faults(answer.text)]
    stage.expect_none([*faults, *(f"nobody is shown {page}: seed demo data for it" for page in unseen)])


@check("accessible", suite="G1", grade=Grade.SILVER)
def pages_pass_axe(stage: Stage) -> None:
    """Nothing serious is found by axe on any page at 360 px, where Chromium and axe-core are found."""
    browser = find_browser()
    shown, _ = _pages(stage)
    stage.look("pages in Chromium", list(shown) if browser else [])
    client, ids = stage.mine.client(), stage.ids(stage.mine)
    seen = [Shown(f"http://{client.host}:{client.port}{path.format_map(ids)}", answer.text) for path, answer in shown.items()]
    stage.expect_none(serious_violations(browser, seen) if browser else [])


@check("accessible", grade=Grade.SILVER)
def templates_draw_nothing_by_hand(stage: Stage) -> None:
    """No template of the plugin draws by hand what a macro of the application draws: buttons, fields, tables, alerts, empty states."""
    with as_file(files(stage.plugin.package).joinpath("templates")) as folder:
        stage.look("templates", sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html")))
        stage.expect_none(handmade_below(folder))


def _pages(stage: Stage) -> tuple[dict[str, Answer], list[str]]:
    """Each page as the first of the cast who may see it, and those that nobody sees."""
    ids = stage.ids(stage.mine)
    pages = [
        one for one in stage.host.addresses(stage.name) if one.method == "GET" and one.door in {Door.CONSOLE, Door.PORTAL, Door.PUBLIC}
    ]
    found = {page.path: _first_seen(stage, page, ids) for page in pages}
    shown = {path: answer for path, answer in found.items() if answer is not None and _is_page(answer)}
    return shown, [page.path for page in pages if found[page.path] is None and not page.query]


def _first_seen(stage: Stage, page: Address, ids: dict[str, object]) -> Answer | None:
    path = stage.path(page, ids)
    if path is None:
        return None
    for who in (None, *CAST):
        answer = stage.mine.client(who).get(path, headers={"Accept": "text/html"})
        if answer.status == HTTPStatus.OK or (answer.status == HTTPStatus.SEE_OTHER and not answer.location.startswith("/sign-in")):
            return answer
    return None


def _is_page(answer: Answer) -> bool:
    return answer.status == HTTPStatus.OK and answer.headers.get("content-type", "").startswith("text/html")
