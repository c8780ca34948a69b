"""A plugin that answers rubbish: the page goes on with what the others say."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from smilero_sdk.answers import MeasureValue, Printout, SearchHit
from tests.support.careless import CarelessSite

GOOD = SearchHit("좋은 것", "자세히", "/good")
TODAY = date(2026, 3, 1)
VALUE = MeasureValue("steps", TODAY, 3)


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        "hits",
        7,
        ValueError("broken"),
        [None],
        [{"title": "x"}],
        [SearchHit("", "", "/")],
        [SearchHit("x", "", "javascript:alert(1)")],
        [SearchHit(7, "", "/")],  # type: ignore[arg-type]  # rubbish
        [SearchHit("x", None, "/")],  # type: ignore[arg-type]  # rubbish
        [SearchHit("x", "", "/a\nb")],
        [SearchHit("x", "", "/", 1000)],
        [SearchHit("x", "", "/", "best")],  # type: ignore[arg-type]  # rubbish
        [SearchHit("x", "", "//evil.example")],
    ],
)
@pytest.mark.parametrize("alone", [True, False])
async def test_an_answer_with_a_rubbish_hit_is_left_out(careless: CarelessSite, rubbish: Any, *, alone: bool) -> None:  # noqa: ANN401 - rubbish is of any type
    # One that cannot be used spoils the whole answer: what else is in it cannot be trusted either.
    careless.answers["provide_search"] = [GOOD, *rubbish] if isinstance(rubbish, list) and not alone else rubbish
    told = await careless.get("/api/v1/search?q=shop", "owner")
    assert told.status_code == HTTPStatus.OK
    assert len(told.json()["shops"]) == 2
    assert [group for group in told.json()["groups"] if group["plugin"] == "careless"] == []
    for path, who in (("/console/search?q=shop", "owner"), ("/portal/search?q=shop", "merchant")):
        page = await careless.page(path, who)
        assert page.status_code == HTTPStatus.OK
        assert careless.shop in page.text
        assert "javascript" not in page.text


async def test_good_hits_are_shown_on_their_face(careless: CarelessSite) -> None:
    careless.answers["provide_search"] = [GOOD]
    for who, face in (("customer", ""), ("owner", "/console")):
        (group,) = [one for one in (await careless.get("/api/v1/search?q=shop", who)).json()["groups"] if one["plugin"] == "careless"]
        assert group["hits"][0]["url"] == f"{face}/careless/good"


async def test_more_hits_than_asked_for_are_cut_to_the_best(careless: CarelessSite) -> None:
    careless.answers["provide_search"] = [SearchHit(str(weight), "", "/", weight) for weight in range(60)]
    (group,) = [one for one in (await careless.get("/api/v1/search?q=shop", "owner")).json()["groups"] if one["plugin"] == "careless"]
    assert [hit["title"] for hit in group["hits"]] == [str(weight) for weight in range(59, 39, -1)]


@pytest.mark.parametrize(
    "rubbish",
    [
        ValueError("broken"),
        [3],
        [Printout("n", "l", "", ())],
        [Printout("../x", "l", "t", ())],
        [Printout("n", "l", "t", ["a"])],  # type: ignore[arg-type]  # rubbish
        [Printout("n", "l", "t", (), "http://evil.example")],
    ],
)
async def test_rubbish_sheets_are_left_out(careless: CarelessSite, rubbish: Any) -> None:  # noqa: ANN401 - rubbish is of any type
    careless.answers["provide_prints"] = rubbish
    page = await careless.page("/portal/print", "merchant")
    assert page.status_code == HTTPStatus.OK
    assert "/portal/print/core/shop" in page.text
    assert "/portal/print/careless" not in page.text


@pytest.mark.parametrize(
    "rubbish",
    [
        None,
        ValueError("broken"),
        [VALUE, 3],
        [VALUE, VALUE],
        [MeasureValue("other", TODAY, 3)],
        [MeasureValue("steps", TODAY - timedelta(days=1), 3)],
        [MeasureValue("steps", TODAY, -1)],
        [MeasureValue("steps", TODAY, 1.5)],  # type: ignore[arg-type]  # rubbish
        [MeasureValue("steps", TODAY, True)],  # noqa: FBT003 - rubbish
        [MeasureValue("steps", "today", 1)],  # type: ignore[arg-type]  # rubbish
    ],
)
async def test_a_plugin_with_a_rubbish_figure_is_missing_and_named(careless: CarelessSite, rubbish: Any) -> None:  # noqa: ANN401 - rubbish is of any type
    days = f"first={TODAY}&last={TODAY}"
    careless.answers["provide_measures"] = [VALUE]
    whole = (await careless.get(f"/api/v1/measures?{days}", "owner")).json()
    assert whole["missing"] == []
    assert [one["value"] for one in whole["values"] if one["plugin"] == "careless"] == [3]
    careless.answers["provide_measures"] = rubbish
    told = await careless.get(f"/api/v1/measures?{days}", "owner")
    assert told.status_code == HTTPStatus.OK
    assert told.json()["missing"] == ["careless"]
    assert [one for one in told.json()["values"] if one["plugin"] == "careless"] == []
    assert {one["plugin"] for one in told.json()["measures"]} >= {"careless", "coupons"}
