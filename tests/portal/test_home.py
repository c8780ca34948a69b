"""The portal's home whatever plugins give: one blue button, six tiles, and everything else one tap further."""

import re
from http import HTTPStatus

import pytest

from smilero_tenants.portal.home import MOST_TILES, shown_first
from tests.support.faces import Town


def tiles(*names: str) -> list[dict[str, object]]:
    return [{"label": name} for name in names]


def labels(shown: list[dict[str, object]]) -> str:
    return " ".join(str(tile["label"]) for tile in shown)


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        ([], ""),
        ([tiles("a1", "a2"), [], tiles("b1")], "a1 a2 b1"),
        ([tiles("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"), tiles("b1"), tiles("c1", "c2")], "a1 a2 a3 b1 c1 c2"),
        ([tiles(f"{plugin}1", f"{plugin}2") for plugin in "abcdefgh"], "a1 b1 c1 d1 e1 f1"),
    ],
)
def test_each_plugin_has_a_tile_before_any_has_two_and_they_stay_in_order(groups: list[list[dict[str, object]]], shown: str) -> None:
    assert labels(shown_first(groups)) == shown
    assert len(shown_first(groups)) <= MOST_TILES


async def test_a_home_has_one_blue_button_and_every_task_is_reachable(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    home, every = await merchant.get("/portal"), await merchant.get("/portal/tasks")
    assert (home.status_code, every.status_code) == (HTTPStatus.OK, HTTPStatus.OK)
    assert len(re.findall(r'class="button primary"', home.text)) == 1
    at_home, all_tasks = [re.findall(r'class="task" href="([^"]+)"', page.text) for page in (home, every)]
    assert 0 < len(at_home) <= MOST_TILES
    assert set(at_home) | {"/portal/coupons/new"} == set(all_tasks)
    assert 'href="/portal/tasks"' not in home.text, "nothing was left out, so that nothing more is to be seen"


async def test_somebody_without_a_shop_s_plugin_still_has_a_page(town: Town) -> None:
    clerk = await town.signed_in("clerk")
    assert len(re.findall(r'class="button primary"', (await clerk.get("/portal")).text)) == 1
    assert "쿠폰 만들기" not in (await clerk.get("/portal/tasks")).text
