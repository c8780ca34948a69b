"""The tax office's number of a business."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smilero_core.registry.business_number import check_digit, normalise_business_number
from smilero_sdk.errors import Problem


@pytest.mark.parametrize("written", ["124-81-00998", "1248100998", " 124 81 00998 ", "124-8100998"])
def test_the_number_of_a_known_company_is_brought_to_one_form(written: str) -> None:
    assert normalise_business_number(written) == "124-81-00998"


@pytest.mark.parametrize(
    "written",
    [
        "000-00-00000",
        "0000000000",
        "124-81-00997",
        "124-81-0099",
        "12-481-00998",
        "124-81-009988",
        "",
        "없음",
        "\N{FULLWIDTH DIGIT ONE}24-81-00998",
    ],
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(Problem) as refusal:
        normalise_business_number(written)
    assert refusal.value.code == "registry.business_number"


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{9}", fullmatch=True).filter(lambda nine: int(nine) > 0))
def test_exactly_one_last_digit_fits(nine: str) -> None:
    def accepted(last: int) -> bool:
        try:
            normalise_business_number(f"{nine}{last}")
        except Problem:
            return False
        return True

    assert [last for last in range(10) if accepted(last)] == [check_digit(nine)]


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[0-9]{3}-?[0-9]{2}-?[0-9]{5}"))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    with suppress(Problem):
        normal = normalise_business_number(text)
        assert normalise_business_number(normal) == normal
