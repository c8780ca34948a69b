"""사업자등록번호, the tax office's ten-digit number of a business."""

import re
from http import HTTPStatus

from smilero_sdk.errors import Problem

_WRITTEN = re.compile(r"([0-9]{3})-?([0-9]{2})-?([0-9]{5})")
_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def check_digit(nine: str) -> int:
    """The tenth digit that belongs to the first nine: the National Tax Service's rule, weights 1 3 7 1 3 7 1 3 5 plus the last carry."""
    digits = [int(digit) for digit in nine]
    total = sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) + digits[-1] * _WEIGHTS[-1] // 10
    return -total % 10


def normalise_business_number(text: str) -> str:
    """Return the form `123-45-67890`, read with or without hyphens and spaces.

    Raises Problem `registry.business_number` for another length, a wrong check digit, and 000-00-00000, whose check digit is
    right but which stands for "none" in the lists that foundations keep.
    """
    match = _WRITTEN.fullmatch("".join(text.split()))
    digits = "".join(match.groups()) if match else ""
    if not match or int(digits) == 0 or check_digit(digits[:9]) != int(digits[9]):
        raise Problem("registry.business_number", HTTPStatus.UNPROCESSABLE_ENTITY)
    return "-".join(match.groups())
