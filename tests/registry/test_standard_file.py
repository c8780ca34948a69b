"""The national standard file: which files are refused, which lines, and what is read from the others."""

import csv
import io
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import smilero_core.registry
from smilero_core.registry.row_parser import COLUMNS
from smilero_core.registry.standard_file import StandardFile, read_standard_file
from smilero_sdk.errors import Problem
from smilero_sdk.i18n import Catalogue

GOOD: Mapping[str, str] = {
    "시장명": "모란종합시장",
    "시장유형": "상설장+5일장",
    "소재지도로명주소": "경기도 성남시 중원구 성남대로 1127",
    "소재지지번주소": "경기도 성남시 중원구 성남동 4182",
    "시장개설주기": "4일+9일",
    "위도": "37.4303345",
    "경도": "127.1288817",
    "점포수": "62",
    "취급품목": "농산물+가공식품+음식점",
    "사용가능상품권": "온누리상품권+성남사랑상품권",
    "홈페이지주소": "https://moran.example.kr/",
    "공중화장실보유여부": "Y",
    "주차장보유여부": "N",
    "개설연도": "1974",
    "전화번호": "031-751-4214",
    "데이터기준일자": "2024-11-04",
    "제공기관명": "소상공인시장진흥공단",
}
TENANTS = {"seongnam": (26, 2_174), "bucheon": (18, 1_575), "busan": (160, 26_638)}
CATALOGUE = Catalogue()
CATALOGUE.add_folder(Path(str(smilero_core.registry.__file__)).parent)


def carried(slug: str) -> bytes:
    return resources.files("smilero_tenants.markets").joinpath(f"{slug}.csv").read_bytes()


def sheet(*rows: Mapping[str, str], columns: Sequence[str] = COLUMNS) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return target.getvalue()


def read(*rows: Mapping[str, str], area: Sequence[str] = ()) -> StandardFile:
    return read_standard_file(sheet(*rows).encode(), area=area)


def refusal(data: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        read_standard_file(data)
    assert caught.value.code in CATALOGUE.keys("ko")
    assert "{" not in CATALOGUE.text("ko", caught.value.code, **caught.value.params)
    return caught.value


class TestCarriedFiles:
    @pytest.mark.parametrize("slug", TENANTS)
    def test_hold_the_markets_of_their_tenant_without_an_error(self, slug: str) -> None:
        found = read_standard_file(carried(slug))
        assert (len(found.rows), sum(row.shops or 0 for row in found.rows)) == TENANTS[slug]
        assert found.errors == []
        assert len({row.key for row in found.rows}) == len(found.rows)

    @pytest.mark.parametrize("slug", TENANTS)
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    def test_read_the_same_in_other_encodings_and_as_decomposed_text(self, slug: str, encoding: str) -> None:
        text = carried(slug).decode("cp949")
        assert read_standard_file(unicodedata.normalize("NFD", text).encode(encoding)) == read_standard_file(carried(slug))

    @pytest.mark.parametrize(("area", "slug"), [("성남시", "seongnam"), ("부천시", "bucheon"), ("부산광역시", "busan")])
    def test_are_told_apart_by_area(self, area: str, slug: str) -> None:
        header, *lines = carried("seongnam").splitlines(keepends=True)
        rest = [line for other in ("bucheon", "busan") for line in carried(other).splitlines(keepends=True)[1:]]
        found = read_standard_file(header + b"".join(lines + rest), area=[area])
        assert found.rows == read_standard_file(carried(slug)).rows

    def test_keep_markets_of_one_name_in_two_cities_apart(self) -> None:
        seongnam, bucheon = (read_standard_file(carried(slug)).rows for slug in ("seongnam", "bucheon"))
        names = {row.name for row in seongnam} & {row.name for row in bucheon}
        assert "신흥시장" in names
        assert not {row.key for row in seongnam} & {row.key for row in bucheon}


class TestWholeFile:
    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "registry.file_empty"),
            (b"\xef\xbb\xbf\r\n \n", "registry.file_empty"),
            (b",,,\n,,\n", "registry.file_empty"),
            ("\u3000\n".encode(), "registry.file_empty"),
            (b"PK\x03\x04\x14\x00", "registry.file_not_csv"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "registry.file_not_csv"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "registry.file_not_csv"),
            (b"%PDF-1.7\n", "registry.file_not_csv"),
            (sheet(GOOD).encode("utf-16"), "registry.file_utf16"),
            (sheet(GOOD).encode("utf-16-le"), "registry.file_utf16"),
            (sheet(GOOD).encode("utf-16-be"), "registry.file_utf16"),
            (sheet().encode(), "registry.file_no_rows"),
            (b'"' + sheet(GOOD).encode(), "registry.file_quotes"),
        ],
        ids=range(13),
    )
    def test_is_refused_with_one_reason(self, data: bytes, code: str) -> None:
        assert refusal(data).code == code

    def test_over_fifty_megabytes_is_refused(self) -> None:
        problem = refusal(b"\n" * (50 * 2**20 + 1))
        assert (problem.code, problem.status, problem.params) == ("registry.file_too_large", 413, {"limit": 50})

    def test_in_neither_encoding_names_the_line(self) -> None:
        problem = refusal(sheet(GOOD, GOOD).encode() + b"\xff\xff,\n")
        assert (problem.code, problem.params) == ("registry.file_encoding", {"line": "4"})

    def test_marked_as_utf8_is_not_guessed_otherwise(self) -> None:
        assert refusal(b"\xef\xbb\xbf" + sheet(GOOD).encode("cp949")).code == "registry.file_encoding"

    def test_without_columns_names_them(self) -> None:
        short = [name for name in COLUMNS if name not in {"점포수", "위도"}]
        problem = refusal(sheet(GOOD, columns=short).encode())
        assert (problem.code, problem.params) == ("registry.file_column", {"columns": "위도, 점포수"})

    def test_with_a_column_twice_names_it(self) -> None:
        problem = refusal(sheet(GOOD, columns=[*COLUMNS, "점포수"]).encode())
        assert (problem.code, problem.params) == ("registry.file_column_twice", {"columns": "점포수"})

    def test_with_a_quotation_mark_left_open_names_its_line(self) -> None:
        problem = refusal((sheet(GOOD) + '"모란,\n' + sheet(GOOD)).encode())
        assert (problem.code, problem.params) == ("registry.file_quotes", {"line": "3"})

    def test_of_too_many_rows_is_refused(self) -> None:
        assert refusal((sheet() + "가\n" * 100_001).encode()).code == "registry.file_too_many_rows"

    def test_may_have_its_columns_in_another_order_with_spaces_and_others_among_them(self) -> None:
        order = ["비고", *reversed(COLUMNS), "제공기관코드"]
        spaced = sheet(GOOD, columns=order).replace("주차장보유여부", " 주차장 보유여부 ", 1)
        assert read_standard_file(spaced.encode("cp949")).rows == read(GOOD).rows

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_may_end_its_lines_in_any_way_and_hold_blank_ones(self, end: str) -> None:
        text = sheet(GOOD) + ",,,\n\n" + " " * 3 + "\n"
        assert read_standard_file(text.replace("\n", end).encode()) == read(GOOD)

    @settings(deadline=None)
    @given(st.binary() | st.text().map(str.encode) | st.binary().map(lambda rest: sheet(GOOD).encode("cp949") + rest))
    @example(b"\xfe\xff")
    @example(sheet().encode() + b'"' + b"a" * 200_000)
    def test_of_arbitrary_bytes_is_read_or_refused(self, data: bytes) -> None:
        with suppress(Problem):
            read_standard_file(data)

    @settings(deadline=None)
    @given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, st.text() | st.sampled_from(["", "0", "-1", "매일", "1e9"])))))
    def test_of_arbitrary_cells_is_read_or_refused(self, rows: list[dict[str, str]]) -> None:
        try:
            data = sheet(*rows).encode()
        except UnicodeEncodeError:
            return
        with suppress(Problem):
            found = read_standard_file(data)
            for told in found.errors + found.notices:
                assert told.text(CATALOGUE, "ko")


class TestRow:
    def test_is_read_in_full(self) -> None:
        row = read(GOOD).rows[0]
        assert row.values() | {"data_date": str(row.data_date)} == {
            "name": "모란종합시장",
            "kind": "상설장+5일장",
            "road_address": "경기도 성남시 중원구 성남대로 1127",
            "lot_address": "경기도 성남시 중원구 성남동 4182",
            "market_days": "4일+9일",
            "latitude": 37.4303345,
            "longitude": 127.1288817,
            "shops": 62,
            "goods": ("농산물", "가공식품", "음식점"),
            "vouchers": ("온누리상품권", "성남사랑상품권"),
            "homepage": "https://moran.example.kr/",
            "toilet": True,
            "parking": False,
            "opened_year": 1974,
            "phone": "031-751-4214",
            "data_date": "2024-11-04",
            "provider": "소상공인시장진흥공단",
        }

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"시장명": " "}, "name"),
            ({"소재지도로명주소": "", "소재지지번주소": ""}, "address"),
            ({"시장유형": "야시장"}, "kind"),
            ({"시장유형": ""}, "kind"),
            ({"시장개설주기": "32일"}, "market_days"),
            ({"시장개설주기": ""}, "market_days"),
            ({"시장개설주기": "매일"}, "market_kind_days"),
            ({"시장명": "가" * 81}, "long"),
            ({"소재지도로명주소": "🍞" * 301}, "long"),
            ({"제공기관명": "a" * 20_000}, "long"),
            ({"점포수": "-3"}, "shops"),
            ({"점포수": "54.5"}, "shops"),
            ({"점포수": "1,237"}, "shops"),
            ({"점포수": "많음"}, "shops"),
            ({"점포수": "100000"}, "shops"),
            ({"위도": "35.6812", "경도": "139.7671"}, "coordinates"),
            ({"위도": "127.1288817", "경도": "37.4303345"}, "coordinates"),
            ({"위도": "nan"}, "coordinates"),
            ({"위도": "39.0392", "경도": "125.7625"}, "coordinates"),
            ({"위도": ""}, "coordinates"),
            ({"데이터기준일자": ""}, "date"),
            ({"데이터기준일자": "2024-02-30"}, "date"),
        ],
        ids=range(22),
    )
    def test_with_one_wrong_cell_is_refused_with_its_line_and_reason(self, wrong: Mapping[str, str], code: str) -> None:
        other = {**GOOD, "시장명": "성호시장"}
        found = read(other, {**GOOD, **wrong})
        assert [row.name for row in found.rows] == ["성호시장"]
        assert [(told.line, told.code) for told in found.errors] == [(3, f"registry.row_{code}")]
        for language in ("ko", "en"):
            assert found.errors[0].code in CATALOGUE.keys(language)
            assert "{" not in found.errors[0].text(CATALOGUE, language)

    def test_tells_everything_that_is_wrong_at_once(self) -> None:
        found = read({**GOOD, "시장명": "", "시장유형": "?", "시장개설주기": "?", "점포수": "?", "위도": "?"})
        assert {told.code.removeprefix("registry.row_") for told in found.errors} == {"name", "kind", "market_days", "shops", "coordinates"}

    @pytest.mark.parametrize("change", [lambda line: line + ",", lambda line: line.rsplit(",", 1)[0]], ids=["wider", "narrower"])
    def test_of_another_width_is_refused(self, change: Callable[[str], str]) -> None:
        header, line = sheet(GOOD).splitlines()
        found = read_standard_file(f"{header}\n{change(line)}\n".encode(), area=["부천시"])
        assert [(told.line, told.code) for told in found.errors] == [(2, "registry.row_fields")]

    def test_is_counted_by_the_lines_of_the_file(self) -> None:
        found = read({**GOOD, "취급품목": "농산물+\n수산물"}, {**GOOD, "시장명": "성호시장", "점포수": "?"})
        assert found.rows[0].goods == ("농산물", "수산물")
        assert [told.line for told in found.errors] == [4]

    def test_that_is_there_twice_names_the_first(self) -> None:
        found = read(GOOD, {**GOOD, "시장명": "모란 종합시장", "소재지지번주소": ""})
        assert len(found.rows) == 1
        assert [(told.line, told.code, told.params) for told in found.errors] == [(3, "registry.row_twice", {"first": "2"})]

    def test_of_another_area_is_left_alone_right_or_wrong(self) -> None:
        elsewhere = {**GOOD, "소재지도로명주소": "경기도 부천시 원미구 부천로 1", "소재지지번주소": "", "점포수": "?"}
        assert read(GOOD, elsewhere, area=["성남시"]).errors == []
        assert [told.line for told in read(GOOD, elsewhere, area=["성남시", "부천시"]).errors] == [3]

    def test_too_broken_to_know_its_address_counts(self) -> None:
        lost = {**GOOD, "소재지도로명주소": "", "소재지지번주소": ""}
        assert [told.code for told in read(GOOD, lost, area=["부천시"]).errors] == ["registry.row_address"]

    @pytest.mark.parametrize(
        ("unknown", "field", "code"),
        [
            ({"점포수": ""}, "shops", "shops"),
            ({"위도": "", "경도": ""}, "latitude", "coordinates"),
            ({"개설연도": "20세기"}, "opened_year", "opened_year"),
            ({"개설연도": "2025"}, "opened_year", "opened_year"),
            ({"공중화장실보유여부": "예"}, "toilet", "yes_no"),
        ],
    )
    def test_with_something_unknown_is_read_and_noticed(self, unknown: Mapping[str, str], field: str, code: str) -> None:
        found = read({**GOOD, **unknown})
        assert found.errors == []
        assert found.rows[0].values()[field] is None
        assert [(told.line, told.code) for told in found.notices] == [(2, f"registry.notice_{code}")]
        assert "{" not in found.notices[0].text(CATALOGUE, "ko")

    @pytest.mark.parametrize(
        ("written", "address"),
        [
            ("", ""),
            ("www.gobuk.co.kr", "http://www.gobuk.co.kr"),
            ("https://마산어시장.net", "https://마산어시장.net"),
            ("http://a.kr:8080/x?y=1#z", "http://a.kr:8080/x?y=1#z"),
        ],
    )
    def test_has_its_web_address_in_full(self, written: str, address: str) -> None:
        found = read({**GOOD, "홈페이지주소": written})
        assert (found.rows[0].homepage, found.notices) == (address, [])

    @pytest.mark.parametrize(
        "written",
        [
            "http:산본전통시장.kr",
            "https://DGEMC",
            "https://blog.naver.com y75856",
            "javascript:alert(1)",
            "ftp://a.kr",
            "http://a.kr@b.kr",
            'http://a.kr/"x',
        ],
    )
    def test_has_no_web_address_that_is_none(self, written: str) -> None:
        found = read({**GOOD, "홈페이지주소": written})
        assert found.rows[0].homepage == ""
        assert [told.code for told in found.notices] == ["registry.notice_homepage"]
