"""Telephone numbers in one form."""

import re

from smilero_sdk.errors import Problem

_SEPARATORS = re.compile(r"[\s\-.()]")
# Mobile numbers of Korea (전기통신번호관리세칙): 010 and eight digits; 011 to 019 kept theirs with seven or eight.
_MOBILE = re.compile(r"(?:\+?82|0)(10\d{8}|1[16789]\d{7,8})")


def normal_phone(text: str) -> str:
    """A Korean mobile number as E.164, `+821012345678`, from any usual way to write it. Raises `identity.phone`."""
    found = _MOBILE.fullmatch(_SEPARATORS.sub("", text))
    if found is None:
        raise Problem("identity.phone", 422)
    return f"+82{found.group(1)}"


def spoken_phone(phone: str) -> str:
    """E.164 as people write it: `010-1234-5678`."""
    number = "0" + phone.removeprefix("+82")
    return f"{number[:3]}-{number[3:-4]}-{number[-4:]}"
