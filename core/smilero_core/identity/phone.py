"""Telephone numbers in one form."""

import re

from smilero_sdk.errors import Problem

_SEPARATORS = re.compile(r"[\s\-.()]")
# Mobile numbers of Korea (전기통신번호관리세칙): 010 and eight digits; 011 to 019 kept theirs with seven or eight.
_MOBILE = re.compile(r"(?:\+?82|0)(10\d{8}|1[16789]\d{7,8})")
_ANY = re.compile(r"(02|050\d|0\d\d)(\d{3,4})(\d{4})|(1\d{3})(\d{4})")
# Korea's own code, as a number is written for abroad (ITU-T E.164).
_FROM_ABROAD = re.compile(r"\+82(?:0(?=\d)|(?=[1-9]))")


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


def hyphened(phone: str) -> str:
    """A Korean number with its hyphens (전기통신번호관리세칙): 02-123-4567, 051-243-1128, 1588-0000; anything else unchanged.

    Written for abroad (+82 10 …) it comes as one dials it here.
    """
    written = re.sub(r"[^\d+]", "", phone)
    digits = _FROM_ABROAD.sub("0", written, count=1) if written.startswith("+") else written
    # A number for all of Korea has no area's zero before it.
    found = _ANY.fullmatch(digits) or _ANY.fullmatch(digits.removeprefix("0"))
    return "-".join(filter(None, found.groups())) if found else phone
