"""What the server says of pages and taps that a phone keeps: for whom, what came of them, and what a foundation's icon looks like."""

import io
import json
import re
from html import unescape
from http import HTTPStatus
from uuid import uuid4

import pytest
from httpx2 import Response
from PIL import Image

from smilero_sdk.context import TenantContext
from smilero_sdk.pages import Attachment, Face, Form, Pages, Redirect, View
from smilero_web.on_phone import drawn
from tests.conftest import LookedAt
from tests.support.coupons import Till
from tests.support.faces import Guest, Town

CHECK, REDEEM, NEW = "/portal/coupons/check", "/portal/coupons/redemptions", "/portal/coupons/campaigns"
KEPT = ("/portal", "/portal/kept", CHECK)
LATER = {"Accept": "application/json"}
SIGN_IN = "/sign-in"


async def told(guest: Guest, path: str = "/portal") -> dict[str, object]:
    """What a page tells its script."""
    page = await guest.get(path)
    found = re.search(r'data-kept="([^"]*)"', page.text)
    assert found, page.text[:2000]
    kept: dict[str, object] = json.loads(unescape(found[1]))
    return kept


async def send(guest: Guest, code: str, mark: object, key: str, path: str = REDEEM) -> Response:
    """As the worker sends a tap."""
    return await guest.post(path, {"code": code, "kept_for": mark}, key=key, headers=LATER)


@pytest.fixture
async def till(town: Town) -> Till:
    return Till(town.site, town.foundation)


async def coupon(till: Till) -> str:
    return str((await till.claim(await till.campaign(per_person=9)))["code"])


async def count(town: Town) -> int:
    tenant = town.foundation.id
    return int(await town.site.admin.fetchval("select count(*) from plugin_coupons.redemption where tenant_id = $1", tenant))


async def test_a_page_says_for_whom_it_is_kept_and_only_some_are(town: Town, looked_at: LookedAt) -> None:
    merchant = await town.signed_in("merchant")
    script = await told(merchant)
    looked_at("pages kept", KEPT)
    assert script["pages"] == list(KEPT)
    assert script["forms"] == [{"path": REDEEM, "name": "쿠폰 {code}"}]
    for path in KEPT:
        page = await merchant.get(path)
        assert (page.status_code, page.headers.get("kept-for")) == (HTTPStatus.OK, script["mark"]), path
        assert page.headers["cache-control"] == "no-store"
    for path in ("/portal/help", "/portal/sessions", "/portal/me", "/portal/coupons/campaigns"):
        page = await merchant.get(path)
        assert (page.status_code, page.headers.get("kept-for")) == (HTTPStatus.OK, None), path
    assert (await told(town.guest(), SIGN_IN))["mark"] == ""


async def test_the_mark_is_one_hands_and_tells_nothing(town: Town) -> None:
    marks = [(await told(await town.signed_in(who)))["mark"] for who in ("merchant", "merchant", "clerk", "other merchant")]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", str(mark)) for mark in marks)


async def test_a_tap_is_carried_out_once_and_answered_the_same(town: Town, till: Till) -> None:
    merchant, code, key = await town.signed_in("merchant"), await coupon(till), str(uuid4())
    mark = (await told(merchant))["mark"]
    answers = [await send(merchant, code, mark, key) for _ in range(3)]
    assert [one.status_code for one in answers] == [HTTPStatus.OK] * 3
    assert {one.content for one in answers} == {answers[0].content}
    assert answers[0].json()["told"] == "1,000원 깎아 드렸어요"
    assert (await merchant.get(answers[0].json()["path"])).status_code == HTTPStatus.OK
    assert await count(town) == 1


async def test_what_came_too_late_is_told_with_what_to_do(town: Town, till: Till) -> None:
    merchant, code = await town.signed_in("merchant"), await coupon(till)
    mark = (await told(merchant))["mark"]
    await send(merchant, code, mark, str(uuid4()))
    key = str(uuid4())
    answers = [await send(merchant, code, mark, key) for _ in range(2)]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(HTTPStatus.CONFLICT, "coupons.already_redeemed")}
    assert {one.json()["told"].split(".")[0] for one in answers} == {"이미 쓴 쿠폰이에요"}
    assert await count(town) == 1


async def test_a_tap_is_refused_from_any_other_hand_and_waits(town: Town, till: Till) -> None:
    merchant, clerk = await town.signed_in("merchant"), await town.signed_in("clerk")
    code, key, mark = await coupon(till), str(uuid4()), (await told(merchant))["mark"]
    for made_up in (mark, "", "0" * 64):
        other = await send(clerk, code, made_up, key)
        assert (other.status_code, other.json()["code"]) == (HTTPStatus.PRECONDITION_FAILED, "faces.kept.other")
    # Nobody is in: led to the sign-in, which the worker reads as that.
    assert (await send(town.guest(), code, mark, key)).status_code == HTTPStatus.SEE_OTHER
    assert await count(town) == 0
    assert (await send(merchant, code, mark, key)).status_code == HTTPStatus.OK
    assert await count(town) == 1


async def test_whoever_may_not_do_it_does_not_use_up_the_tap_of_one_who_may(town: Town, till: Till) -> None:
    merchant, code, key = await town.signed_in("merchant"), await coupon(till), str(uuid4())
    mark = (await told(merchant))["mark"]
    for who in ("customer", "officer", "other merchant"):
        other = await send(await town.signed_in(who), code, mark, key)
        assert (other.status_code, other.json()["code"]) == (HTTPStatus.PRECONDITION_FAILED, "faces.kept.other"), who
    assert (await send(merchant, code, mark, key)).status_code == HTTPStatus.OK
    assert await count(town) == 1


async def test_what_the_form_does_not_take_is_told_in_a_word_too(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    refused = await send(merchant, "4" * 21, (await told(merchant))["mark"], str(uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, "http.invalid")
    assert refused.json()["told"] == "입력한 내용을 다시 확인해 주세요."


async def test_a_form_that_is_not_declared_fit_is_refused_as_a_kept_one(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    mark = (await told(merchant))["mark"]
    form = {"kind": "won", "value": 1000, "period": "week", "stock": 30, "kept_for": mark}
    refused = await merchant.post(NEW, form, key=str(uuid4()), headers=LATER)
    assert (refused.status_code, refused.json()["code"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, "faces.kept.unfit")


async def test_the_worker_is_all_of_the_portals_and_asked_for_anew(town: Town) -> None:
    worker = await town.guest().get("/portal/worker.js")
    assert worker.headers["service-worker-allowed"] == "/portal"
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-type"].startswith("text/javascript")


async def test_the_manifest_is_the_foundations(town: Town) -> None:
    guest = town.guest()
    manifest = (await guest.get("/portal/app.webmanifest")).json()
    row = await town.site.admin.fetchrow("select name, colour from core.tenant where id = $1", town.foundation.id)
    assert row
    assert (manifest["name"], manifest["theme_color"]) == (row["name"], row["colour"])
    for icon in manifest["icons"]:
        picture = Image.open(io.BytesIO((await guest.get(icon["src"])).content))
        assert (picture.format, f"{picture.width}x{picture.height}") == ("PNG", icon["sizes"])
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert (await guest.get("/portal/icon-193.png")).status_code == HTTPStatus.NOT_FOUND


def test_an_icon_is_the_seal_on_the_colour() -> None:
    for seal in ("부", "빵", "A"):
        picture = Image.open(io.BytesIO(drawn(seal, "#9c3d14", 192, maskable=True))).convert("RGB")
        colours = {colour: number for number, colour in picture.getcolors(192 * 192) or ()}
        assert colours[0x9C, 0x3D, 0x14] > 192 * 192 // 2
        assert colours.get((255, 255, 255), 0) > 300, seal
    # A syllable beyond the pages' own font: the colour alone, and no empty box.
    bare = Image.open(io.BytesIO(drawn("\u9f98", "#9c3d14", 192, maskable=True))).convert("RGB")
    assert len(bare.getcolors(192 * 192) or ()) == 1


class _WithFile(Form):
    photo: Attachment


async def _show(_: TenantContext) -> View:
    return View("probe/page.html")


async def _upload(_: TenantContext, form: _WithFile) -> Redirect:
    return Redirect(str(form))


def test_only_pages_and_forms_of_the_portal_can_be_kept() -> None:
    with pytest.raises(ValueError, match="_show cannot be kept"):
        Pages().get(Face.PUBLIC, "/page", permission=None, kept=True)(_show)
    with pytest.raises(ValueError, match="_upload cannot be kept"):
        Pages().post(Face.PORTAL, "/photos", permission="probe.use", kept_as="probe.kept")(_upload)
