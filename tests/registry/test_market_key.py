"""The key by which the next import finds a market, and what an import would do."""

from dataclasses import replace
from importlib import resources

import pytest

from smilero_core.registry.market_row import MarketRow, natural_key
from smilero_core.registry.preview import FieldChange, preview
from smilero_core.registry.standard_file import read_standard_file


def markets(slug: str) -> list[MarketRow]:
    return read_standard_file(resources.files("smilero_tenants.markets").joinpath(f"{slug}.csv").read_bytes()).rows


ROWS = markets("bucheon")
KEPT = {row.key: row.values() for row in ROWS}


class TestKey:
    @pytest.mark.parametrize("slug", ["seongnam", "bucheon", "busan"])
    def test_is_the_same_by_either_address(self, slug: str) -> None:
        for row in markets(slug):
            by_lot = replace(row, road_address="") if row.lot_address else row
            by_road = replace(row, lot_address="") if row.road_address else row
            assert by_lot.key == row.key == by_road.key

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("강원도 강릉시 성남동 50", "강원특별자치도 강릉시 성남동 50"),
            ("전라북도 전주시 완산구 전동 303", "전북특별자치도 전주시 완산구 전동 303"),
            ("제주특별자치시도 제주시 한림읍 한림리 1315", "제주특별자치도 제주시 한림읍 한림리 1315"),
            ("서울시 동작구 상도동 324-1", "서울특별시 동작구상도로102"),
            ("강원특별자치도 동해시묵호동 15-61", "강원특별자치도 동해시 일출로 59-1"),
            ("경기도 부천시 원미동 119-4", "경기도 부천시 원미구 원미동 119-4"),
            ("부산광역시 동래구 복천동 229-28 일원", "부산광역시 동래구 복천동 229-28"),
            ("세종특별자치시 조치원읍 정리 19-1", "세종시 조치원읍 조치원8길 42"),
        ],
    )
    def test_survives_what_changes_in_an_address(self, one: str, other: str) -> None:
        assert natural_key("중앙시장", lot_address=one, road_address="") == natural_key("중앙 시장", lot_address="", road_address=other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("강원도 고성군 간성읍 신안리 1", "경상남도 고성군 고성읍 동외리 1"),
            ("경기도 광주시 경안동 1", "광주광역시 동구 대인동 1"),
            ("강원특별자치도 양구군 양구읍 1", "강원특별자치도 양양군 양양읍 1"),
            ("종로 1", "을지로 1"),
        ],
    )
    def test_tells_places_apart(self, one: str, other: str) -> None:
        assert natural_key("중앙시장", lot_address=one, road_address="") != natural_key("중앙시장", lot_address=other, road_address="")


class TestPreview:
    def test_of_a_first_import_adds_everything(self) -> None:
        assert preview(ROWS, {}).added == tuple(ROWS)

    def test_of_the_same_file_again_changes_nothing(self) -> None:
        later = [replace(row, data_date=row.data_date.replace(year=2025), provider="다른 기관") for row in ROWS]
        seen = preview(later, {key: {**kept, "goods": list(row.goods)} for row, (key, kept) in zip(ROWS, KEPT.items(), strict=True)})
        assert seen.unchanged == tuple(later)
        assert all(isinstance(row.goods, tuple) for row in seen.unchanged)
        assert (seen.added, seen.changed, seen.missing) == ((), (), ())

    def test_names_each_field_that_differs(self) -> None:
        first, *rest = ROWS
        moved = replace(first, shops=(first.shops or 0) + 1, lot_address="경기도 부천시 원미구 심곡동 1")
        seen = preview([moved, *rest], KEPT)
        assert [change.row for change in seen.changed] == [moved]
        assert seen.changed[0].changes == (
            FieldChange("lot_address", first.lot_address, moved.lot_address),
            FieldChange("shops", first.shops, moved.shops),
        )

    def test_compares_only_what_is_kept(self) -> None:
        assert preview([replace(ROWS[0], shops=1)], {ROWS[0].key: {"name": ROWS[0].name}}).changed == ()

    def test_never_empties_what_the_foundation_knows(self) -> None:
        blank = replace(ROWS[0], phone="", shops=None, goods=())
        assert preview([blank], KEPT).unchanged == (ROWS[0],)
        moved = replace(blank, lot_address="경기도 부천시 원미구 심곡동 1")
        assert [change.row for change in preview([moved], KEPT).changed] == [replace(ROWS[0], lot_address=moved.lot_address)]

    def test_tells_false_from_unknown(self) -> None:
        row = replace(ROWS[0], toilet=False)
        assert preview([row], {row.key: {"toilet": None}}).changed[0].changes == (FieldChange("toilet", None, after=False),)

    def test_tells_what_the_file_does_not_have(self) -> None:
        seen = preview(ROWS[1:], KEPT)
        assert seen.missing == (ROWS[0].key,)
        assert (seen.added, seen.changed) == ((), ())
