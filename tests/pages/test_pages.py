"""axe-core on every page, and its measures: as somebody sees it with everything in it, and in a foundation that is new (check G1)."""

import pytest

from smilero_sdk.pages import Face
from tests.conftest import LookedAt
from tests.pages.every_page import EMPTY, FULL, NOT_WHEN_EMPTY, pages, sights
from tests.pages.eyes import EVERY, LEAST, SMALL, Size, Window

pytestmark = pytest.mark.suite("G1")

# As many as there were when this was last written: they only grow.
PAGES_FLOOR, EMPTY_FLOOR, RUNS_FLOOR, FULL_RUNS_FLOOR = 83, 55, 278, 1_632


def test_they_are_as_many_as_before(looked_at: LookedAt, full: bool) -> None:  # noqa: FBT001 - a fixture
    assert pages().keys() >= NOT_WHEN_EMPTY.keys(), NOT_WHEN_EMPTY.keys() - pages().keys()
    seen = [sight for page in pages().values() for sight in sights(page, everybody=full)]
    looked_at("pages", list(pages()))
    looked_at("pages without data", [one for one in seen if one.data == EMPTY])
    runs = [f"{sight} at {size}" for sight in seen for size in (EVERY if full else SMALL)]
    looked_at("runs of axe: pages by who sees them by sizes", runs)
    assert {one.subject.name for one in seen if one.data == FULL} == pages().keys()
    assert len(pages()) >= PAGES_FLOOR
    assert len([one for one in seen if one.data == EMPTY]) >= EMPTY_FLOOR
    assert len(runs) >= (FULL_RUNS_FLOOR if full else RUNS_FLOOR)


@pytest.mark.parametrize("name", pages())
async def test_a_page_is_for_everybody(eyes: Window, full: bool, name: str) -> None:  # noqa: FBT001 - a fixture
    seen = sights(pages()[name], everybody=full)
    faults = [fault for sight in seen for fault in await eyes.look(sight, EVERY if full else SMALL)]
    assert not faults, "\n".join(faults)


_BUTTONS = "font: inherit; width: 100px; height: 60px; float: left; margin-right"
POOR = f"""<!doctype html><html lang="ko"><title>x</title><style>button {{ {_BUTTONS}: 4px }}</style>
<main style="width: 2000px; font-size: 18px"><button>left</button><button>right</button><p style="clear: both; font-size: 14px">tiny</p>
<p style="color: #bbb">pale</p><button style="height: 40px">small</button></main>"""
GOOD = f"""<!doctype html><html lang="ko"><title>x</title><style>button {{ {_BUTTONS}: 8px }}</style>
<main style="font-size: 18px"><h1>good</h1><button>left</button><button>right</button></main>"""


async def test_the_eyes_see_each_fault(eyes: Window) -> None:
    told = []
    for page in (POOR, GOOD):
        await eyes.page.goto("about:blank")
        await eyes.page.set_content(page)
        told.append("\n".join(await eyes.seen([Size(360)], LEAST[Face.PORTAL])))
    poor, good = told
    for fault in ("“small” is 100 by 40 px", "button “right” are 4 px apart", "“tiny” is 14 px high", "2008 px wide", "color-contrast"):
        assert fault in poor, poor
    assert not good
