"""Bad input: the right status, a stable code, a sentence in the caller's language, nothing given back, nothing written."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from httpx2 import Response

from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.coupons import CAMPAIGNS, CLAIMS, REDEMPTIONS, Till, campaign_body

HANGUL = re.compile("[가-힣]")
LONG = "가" * 200
EMOJI = "🧧쿠폰🎉"


class Bad(NamedTuple):
    """A field's value and what is said of it."""

    field: str
    value: object
    code: str


CAMPAIGN = [
    Bad("kind", "free", "invalid.literal_error"),
    Bad("kind", EMOJI, "invalid.literal_error"),
    Bad("kind", None, "invalid.literal_error"),
    Bad("value", 0, "invalid.greater_than_equal"),
    Bad("value", -1000, "invalid.greater_than_equal"),
    Bad("value", 10_000_001, "invalid.less_than_equal"),
    Bad("value", 10**12, "invalid.less_than_equal"),
    Bad("value", 10**300, "invalid.less_than_equal"),
    Bad("value", 1000.5, "invalid.int_type"),
    Bad("value", 1000.0, "invalid.int_type"),
    Bad("value", "1000", "invalid.int_type"),
    Bad("value", value=True, code="invalid.int_type"),
    Bad("value", [1000], "invalid.int_type"),
    Bad("stock", 0, "invalid.greater_than_equal"),
    Bad("stock", -5, "invalid.greater_than_equal"),
    Bad("stock", 10**12, "invalid.less_than_equal"),
    Bad("stock", value=False, code="invalid.int_type"),
    Bad("stock", LONG, "invalid.int_type"),
    Bad("per_person", 0, "invalid.greater_than_equal"),
    Bad("per_person", 101, "invalid.less_than_equal"),
    Bad("per_person", "둘둘둘둘", "invalid.int_type"),
    Bad("shop_id", "모란상회", "invalid.uuid_parsing"),
    Bad("shop_id", LONG, "invalid.uuid_parsing"),
    Bad("shop_id", 12345, "invalid.uuid_type"),
    Bad("ends_at", "2031-02-30T00:00:00+09:00", "invalid.datetime_parsing"),
    Bad("ends_at", "내일모레", "invalid.datetime_parsing"),
    Bad("ends_at", "2027-11-30T23:59:59", "invalid.timezone_aware"),
    Bad("ends_at", 4102444800, "invalid.datetime_type"),
    Bad("ends_at", "", "invalid.datetime_parsing"),
    Bad("titel", EMOJI, "invalid.extra_forbidden"),
]
WHOLE = [
    ({"ends_at": "2020-01-01T00:00:00+09:00"}, "ends_at", "invalid.ends_in_past"),
    ({"ends_at": "9999-12-31T23:59:59-23:00"}, "ends_at", "invalid.ends_too_late"),
    ({"ends_at": "2099-01-01T00:00:00Z"}, "ends_at", "invalid.ends_too_late"),
    ({"kind": "percent", "value": 101}, "value", "invalid.percent_over_100"),
]
BODIES: Mapping[str, tuple[bytes, str | None]] = {
    "empty": (b"", "invalid.model_type"),
    "null": (b"null", "invalid.model_type"),
    "a list": (b"[{}]", "invalid.model_type"),
    "a text": ('"비밀스러운말"'.encode(), "invalid.model_type"),
    "half of it": (b'{"kind": "won", "secretword', "invalid.json_invalid"),
    "invalid UTF-8": (b'{"kind": "\xff\xfe\xfd"}', "invalid.json_invalid"),
    "a lone surrogate": (b'{"kind": "\\ud800"}', "invalid.json_invalid"),
    "CP949": ('{"kind": "모란시장"}'.encode("cp949"), "invalid.json_invalid"),
    "100,000 deep": (b'{"kind":' + b"[" * 100_000, "invalid.json_invalid"),
    "deep and closed": (b'{"kind":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "invalid.json_invalid"),
    "an endless number": (b'{"value": ' + b"9" * 100_000 + b"}", None),
    "NaN": (b'{"value": NaN}', None),
    "form": (b"kind=won&value=1000", "invalid.json_invalid"),
}


async def rows(site: Site) -> list[int]:
    tables = ("plugin_coupons.campaign", "plugin_coupons.claim", "plugin_coupons.redemption", "core.idempotency", "core.outbox")
    return [await site.admin.fetchval(f"select count(*) from {table}") for table in tables]  # noqa: S608 - the names above


def told(answer: Response) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def check(answer: Response, raw: object, status: int = HTTPStatus.UNPROCESSABLE_ENTITY, code: str = "http.invalid") -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status), answer.text
    assert HANGUL.search(problem["detail"])
    assert all(HANGUL.search(error["message"]) for error in problem.get("errors", []))
    assert "{" not in problem["detail"] + "".join(error["message"] for error in problem.get("errors", []))
    if len(str(raw)) > 3:
        assert str(raw) not in answer.text


class TestCreateCampaign:
    @pytest.mark.parametrize("bad", CAMPAIGN, ids=[f"{bad.field}={str(bad.value)[:20]}" for bad in CAMPAIGN])
    async def test_a_bad_field(self, till: Till, bad: Bad) -> None:
        before, merchant = await rows(till.site), till.caller("merchant")
        body = campaign_body(till.foundation.shop, **{bad.field: bad.value})
        answer = await merchant.post(CAMPAIGNS, body, key=str(uuid4()))
        check(answer, bad.value)
        assert told(answer) == [(bad.field, bad.code)]
        english = await merchant.post(CAMPAIGNS, body, headers={"Accept-Language": "en-GB, ko;q=0.5"})
        assert not HANGUL.search(english.text)
        assert (told(english), english.headers["content-language"]) == (told(answer), "en")
        assert await rows(till.site) == before

    @pytest.mark.parametrize(("changed", "field", "code"), WHOLE, ids=[str(changed) for changed, *_ in WHOLE])
    async def test_values_that_make_no_sense(self, till: Till, changed: dict[str, object], field: str, code: str) -> None:
        before = await rows(till.site)
        answer = await till.caller("merchant").post(CAMPAIGNS, campaign_body(till.foundation.shop, **changed))
        check(answer, changed.get("ends_at"))
        assert told(answer) == [(field, code)]
        assert await rows(till.site) == before

    async def test_missing_fields(self, till: Till) -> None:
        answer = await till.caller("merchant").post(CAMPAIGNS, {})
        check(answer, None)
        assert told(answer) == [(name, "invalid.missing") for name in ("shop_id", "kind", "value", "stock", "ends_at")]

    @pytest.mark.parametrize("name", ["<script>", EMOJI, LONG, "010-1234-5678", "a b", "", "__proto__\u0000"])
    async def test_a_field_s_name_that_is_no_name_is_not_given_back(self, till: Till, name: str) -> None:
        answer = await till.caller("merchant").post(CAMPAIGNS, campaign_body(till.foundation.shop) | {name: 1})
        check(answer, name)
        assert told(answer) == [("", "invalid.extra_forbidden")]

    async def test_a_thousand_faults_are_not_all_told(self, till: Till) -> None:
        answer = await till.caller("merchant").post(CAMPAIGNS, {f"field{number}": number for number in range(1000)})
        check(answer, None)
        assert len(told(answer)) == 20

    @pytest.mark.parametrize(("body", "kind"), BODIES.values(), ids=BODIES)
    async def test_a_body_that_is_none(self, till: Till, body: bytes, kind: str | None) -> None:
        before, caller = await rows(till.site), till.caller("merchant")
        answer = await caller.post(CAMPAIGNS, content=body, headers={"Content-Type": "application/json"})
        check(answer, body.decode("utf-8", "replace")[:40])
        assert kind is None or ("", kind) in told(answer)
        assert await rows(till.site) == before

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "jason", ""])
    async def test_another_content_type(self, till: Till, kind: str) -> None:
        before, body = await rows(till.site), json.dumps(campaign_body(till.foundation.shop)).encode()
        answer = await till.caller("merchant").post(CAMPAIGNS, content=body, headers={"Content-Type": kind})
        check(answer, None, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "http.not_json")
        assert await rows(till.site) == before

    async def test_good_neighbours_of_the_bad(self, till: Till, looked_at: LookedAt) -> None:
        good: list[dict[str, Any]] = [
            {"value": 1},
            {"value": 10_000_000},
            {"stock": 1_000_000},
            {"per_person": 100},
            {"kind": "percent", "value": 100},
            {"shop_id": str(till.foundation.shop).upper()},
        ]
        looked_at("good values", [str(one) for one in good])
        for changed in good:
            assert (await till.campaign(**changed))["claimed"] == 0
        # Of a name that comes twice the last counts, as most readers of JSON have it.
        body = json.dumps(campaign_body(till.foundation.shop)).replace('"stock": 100', '"stock": 0, "stock": 7').encode()
        answer = await till.caller("merchant").post(CAMPAIGNS, content=body, headers={"Content-Type": "application/json; charset=utf-8"})
        assert (answer.status_code, answer.json()["stock"]) == (HTTPStatus.CREATED, 7)


class TestRedeemCoupon:
    @pytest.mark.parametrize(
        "code",
        [
            "12345",
            "1234567",
            "abcdef",
            "\uff11\uff12\uff13\uff14\uff15\uff16",
            "١٢٣٤٥٦",
            "12 456",
            "-12345",
            "1e5000",
            "123456\n7",
            "🧧🧧🧧🧧🧧🧧",
            LONG,
            "",
            "'; drop--",
        ],
    )
    async def test_a_number_of_another_form(self, till: Till, code: str) -> None:
        before = await rows(till.site)
        answer = await till.caller("merchant").post(REDEMPTIONS, {"code": code}, key=str(uuid4()))
        check(answer, code)
        assert told(answer) == [("code", "invalid.string_pattern_mismatch")]
        assert await rows(till.site) == before

    @pytest.mark.parametrize("code", [123456, 123456.0, None, True, ["123456"], {"code": "123456"}])
    async def test_a_number_that_is_no_text(self, till: Till, code: object) -> None:
        answer = await till.caller("merchant").post(REDEMPTIONS, {"code": code}, key=str(uuid4()))
        check(answer, None)
        assert told(answer) == [("code", "invalid.string_type")]

    @pytest.mark.parametrize(
        ("key", "code"),
        [
            (None, "idempotency.key_required"),
            ("", "idempotency.key_required"),
            ("k" * 201, "idempotency.key"),
            ("a\tb", "idempotency.key"),
            ("열쇠", "idempotency.key"),
        ],
    )
    async def test_a_key_that_is_none(self, till: Till, key: str | None, code: str) -> None:
        before = await rows(till.site)
        headers = {} if key is None else {"Idempotency-Key": key.encode()}
        answer = await till.caller("merchant").post(REDEMPTIONS, {"code": "123456"}, headers=headers)
        check(answer, key, HTTPStatus.BAD_REQUEST, code)
        assert await rows(till.site) == before


class TestLists:
    @pytest.mark.parametrize("path", [CAMPAIGNS, CLAIMS, REDEMPTIONS])
    @pytest.mark.parametrize(
        ("query", "fault"),
        [
            ("limit=0", ("limit", "invalid.greater_than_equal")),
            ("limit=501", ("limit", "invalid.less_than_equal")),
            ("limit=-99999", ("limit", "invalid.greater_than_equal")),
            ("limit=many", ("limit", "invalid.int_parsing")),
            ("limit=", ("limit", "invalid.int_parsing")),
            (f"limit={'9' * 5000}", ("limit", None)),
            ("cursor=abcdef", ("cursor", "invalid.uuid_parsing")),
            ("cursor=%ff%F0", ("cursor", "invalid.uuid_parsing")),
            ("shop_id=%EB%AA%A8%EB%9E%80", ("shop_id", "invalid.uuid_parsing")),
            ("colour=bluegreen", ("colour", "invalid.extra_forbidden")),
            ("%F0%9F%A7%A7%F0%9F%A7%A7=1", ("", "invalid.extra_forbidden")),
        ],
    )
    async def test_a_bad_query(self, till: Till, path: str, query: str, fault: tuple[str, str | None]) -> None:
        answer = await till.caller("merchant").get(f"{path}?{query}")
        check(answer, query.partition("=")[2])
        assert [name for name, _ in told(answer)] == [fault[0]]
        assert fault[1] in {None, told(answer)[0][1]}


class TestSize:
    async def test_100_megabytes_are_refused_and_the_sender_reads_why(self, till: Till) -> None:
        before, merchant = await rows(till.site), till.caller("merchant")
        block = b" " * 1024 * 1024

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield block

        for content in (block * 100, chunks()):
            answer = await merchant.post(CAMPAIGNS, content=content, headers={"Content-Type": "application/json"}, key=str(uuid4()))
            check(answer, None, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "http.body_too_large")
        assert await rows(till.site) == before

    async def test_the_largest_body_is_read(self, till: Till) -> None:
        body = json.dumps(campaign_body(till.foundation.shop)).encode()
        merchant, most = till.caller("merchant"), 1024 * 1024
        headers = {"Content-Type": "application/json"}
        assert (await merchant.post(CAMPAIGNS, content=body.ljust(most), headers=headers)).status_code == HTTPStatus.CREATED
        answer = await merchant.post(CAMPAIGNS, content=body.ljust(most + 1), headers=headers)
        assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
