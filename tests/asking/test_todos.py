"""What plugins bring for the foundation's people: only what one may do, and whatever goes wrong with it costs no page anything."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest

from smilero_sdk.answers import Todo
from tests.support.careless import CarelessSite
from tests.support.waiting import until

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
GOOD = Todo("살펴볼 것", "자세히", "/good", "careless.look", SINCE, count=3)
PLACE = '<a class="todo" href="/console/careless/good">'
COUNTED = '<span class="desk-count">'


async def hang() -> list[Todo]:
    await asyncio.sleep(30)
    return []


async def test_it_is_shown_to_those_who_may_and_counted(careless: CarelessSite) -> None:
    here = await careless.elsewhere()
    careless.answers["provide_todos"] = [GOOD, replace(GOOD, title="대표만", permission="careless.own", path="/own")]
    owner, staff = await here.page("/console/work", "owner"), await here.page("/console/work", "staff")
    for page, others in ((owner, True), (staff, False)):
        assert page.status_code == HTTPStatus.OK
        assert PLACE in page.text
        assert ("/console/careless/own" in page.text) is others
    assert "</span>6</span>" in owner.text
    assert "</span>3</span>" in staff.text


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        ValueError("broken"),
        hang,
        [GOOD, 3],
        [replace(GOOD, title=" ")],
        [replace(GOOD, path="https://evil.example")],
        [replace(GOOD, permission="coupons.read")],
        [replace(GOOD, since=SINCE.replace(tzinfo=None))],
        [replace(GOOD, since="long")],  # type: ignore[arg-type]  # rubbish
        [replace(GOOD, count=0)],
        [replace(GOOD, urgent=None)],  # type: ignore[arg-type]  # rubbish
    ],
)
async def test_rubbish_is_left_out_and_neither_list_nor_menu_breaks(careless: CarelessSite, rubbish: Any) -> None:  # noqa: ANN401 - rubbish is of any type
    here = await careless.elsewhere()
    careless.answers["provide_todos"] = rubbish
    for path in ("/console/shops", "/console/work", "/console/shops"):
        page = await here.page(path, "owner")
        assert page.status_code == HTTPStatus.OK
        assert PLACE not in page.text
        assert COUNTED not in page.text


async def test_no_page_waits_for_the_number_and_the_last_one_known_stays(careless: CarelessSite) -> None:
    here, asked = await careless.elsewhere(), 0
    gate = asyncio.Event()

    async def slow() -> list[Todo]:
        nonlocal asked
        asked += 1
        await gate.wait()
        return [GOOD]

    careless.answers["provide_todos"] = slow
    # The plugin has not answered, and the page is there.
    assert COUNTED not in (await here.page("/console/shops", "owner")).text
    await until(_is(lambda: asked == 1))
    assert COUNTED not in (await here.page("/console/shops", "owner")).text
    gate.set()

    async def shown() -> bool:
        return "</span>3</span>" in (await here.page("/console/shops", "owner")).text

    await until(shown)
    # Remembered: it is not asked for each page, and on a slow machine twice, since a hook that takes long is stopped.
    assert asked <= 2
    assert await shown()
    # The list itself asks, and without an answer the menu beside it has the last number that was known.
    careless.answers["provide_todos"] = ValueError("broken")
    page = await here.page("/console/work", "owner")
    assert PLACE not in page.text
    assert "</span>3</span>" in page.text


def _is(holds: Callable[[], bool]) -> Any:  # noqa: ANN401 - something to await
    async def ask() -> bool:
        return holds()

    return ask
