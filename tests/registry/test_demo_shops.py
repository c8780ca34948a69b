"""The made-up shops: as many as the market counts, plausible, and the same every time."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import smilero_core.registry
from smilero_core.registry.categories import Category
from smilero_core.registry.standard_file import read_standard_file
from smilero_sdk.i18n import LANGUAGES, Catalogue
from smilero_tenants.markets.definition import load_definitions
from smilero_tenants.markets.demo_shops import FIRST_MERCHANT_MARKET, FIRST_MERCHANT_SHOP, demo_shops
from smilero_tenants.markets.demo_words import MIXES

MARKETS = {row.key: row for definition in load_definitions() for row in read_standard_file(definition.standard_file()).rows}
BUHEUNG = MARKETS[FIRST_MERCHANT_MARKET]
STALL = re.compile(r"([가-하]동 |지하 )?[1-9][0-9]*호")


def fingerprint() -> str:
    return hashlib.sha256(repr([demo_shops(market) for market in MARKETS.values()]).encode()).hexdigest()


def test_every_carried_market_has_as_many_as_it_counts_each_with_its_own_name_and_stall() -> None:
    for market in MARKETS.values():
        shops = demo_shops(market)
        assert len(shops) == len({shop.name for shop in shops}) == len({shop.stall for shop in shops}) == market.shops
        assert all(STALL.fullmatch(shop.stall) for shop in shops)
        assert all(re.fullmatch("[가-힣]{3}", shop.owner) for shop in shops)
        assert {shop.phone for shop in shops} <= {None}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 3_000), st.lists(st.sampled_from([part for part, _ in MIXES] + ["레코드 서점"]), max_size=3))
def test_any_market_has_as_many_as_it_counts(count: int, goods: list[str]) -> None:
    shops = demo_shops(replace(BUHEUNG, name="역전시장", shops=count, goods=tuple(goods)))
    assert len(shops) == len({shop.name for shop in shops}) == len({shop.stall for shop in shops}) == count


def test_a_market_of_unknown_size_has_none() -> None:
    assert demo_shops(replace(BUHEUNG, shops=None)) == []


def test_they_are_the_same_in_another_process() -> None:
    program = "import runpy, sys; print(runpy.run_path(sys.argv[1])['fingerprint']())"
    answer = subprocess.run(
        [sys.executable, "-c", program, __file__],
        env=os.environ | {"PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert answer.stdout.strip() == fingerprint()


def test_the_goods_decide_what_there_is() -> None:
    livestock = MARKETS["경기 성남시 모란가축시장"]
    kinds = {shop.category for shop in demo_shops(livestock)}
    assert Category.MEAT in kinds
    assert not kinds & {Category.CLOTHES, Category.SHOES, Category.FISH, Category.HOUSEHOLD}
    tools = replace(livestock, goods=("산업용 공구판매",), shops=60)
    assert {shop.category for shop in demo_shops(tools)} == {Category.HARDWARE}


def test_long_names_are_among_them() -> None:
    assert max(len(shop.name) for market in MARKETS.values() for shop in demo_shops(market)) > 25


def test_the_first_merchant_keeps_the_bakery_at_stall_12() -> None:
    bakeries = [shop for market in MARKETS.values() for shop in demo_shops(market) if shop.name == "누리빵집"]
    assert bakeries == [FIRST_MERCHANT_SHOP]
    assert (FIRST_MERCHANT_SHOP.stall, FIRST_MERCHANT_SHOP.category) == ("12호", Category.BAKERY)
    assert FIRST_MERCHANT_SHOP in demo_shops(BUHEUNG)
    assert BUHEUNG.name == "원미부흥시장"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_category_has_a_name(language: str) -> None:
    catalogue = Catalogue()
    catalogue.add_folder(Path(str(smilero_core.registry.__file__)).parent)
    labels = [category.label(catalogue, language) for category in Category]
    assert len(set(labels)) == len(Category)
    assert all(f"registry.category.{category}" in catalogue.keys(language) for category in Category)


def test_another_market_has_other_shops() -> None:
    other = demo_shops(replace(BUHEUNG, name="역전시장"))
    assert [shop.name for shop in other] != [shop.name for shop in demo_shops(BUHEUNG)]
