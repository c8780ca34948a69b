"""How a foundation is called and looks: changed by its own people, never so that nobody could read it, on record, and nobody else's."""

import json
from collections.abc import Mapping
from http import HTTPStatus

import pytest

from smilero_core.platform.colour import contrast_with_white
from tests.console.conftest import new_town
from tests.support.faces import Guest, Town, sentence
from tests.support.forms import fields_of

PAGE = "/console/foundation"
LONG = "부천시 상권활성화재단 원미부흥시장 상인회 지원센터"
NEW = {"name": LONG, "seal": "흥", "colour": "#7a1f26", "phone": "1588-1700", "sender": "부천 상권지원"}


async def rows(town: Town) -> Mapping[str, object]:
    row = await town.site.admin.fetchrow("select name, seal, colour, sender from core.tenant where id = $1", town.foundation.id)
    assert row is not None
    sender = json.loads(row["sender"])
    return {**{name: row[name] for name in ("name", "seal", "colour")}, "phone": sender["phone"], "sender": sender["name"]}


async def entries(town: Town) -> list[tuple[Mapping[str, str], Mapping[str, str]]]:
    found = await town.site.admin.fetch(
        "select before, after from core.audit_entry where tenant_id = $1 and sentence = 'tenancy.audit.look' order by id",
        town.foundation.id,
    )
    return [(json.loads(row["before"]), json.loads(row["after"])) for row in found]


async def written(guest: Guest) -> dict[str, str]:
    """What the form holds."""
    return {name: text for name, text in fields_of((await guest.get(PAGE)).text).items() if name in NEW}


@pytest.mark.parametrize("who", ["owner", "staff"])
async def test_it_is_changed_shown_everywhere_and_on_record(town: Town, who: str) -> None:
    guest = await town.signed_in(who)
    before = await rows(town)
    assert (await written(guest))["name"] == before["name"]
    answer = await guest.post(PAGE, NEW)
    assert answer.status_code == HTTPStatus.SEE_OTHER, sentence(answer)
    assert answer.headers["location"] == f"{PAGE}?changed"
    assert await rows(town) == NEW
    assert await written(guest) == NEW
    page = (await guest.get("/")).text
    assert LONG in page
    assert "tel:15881700" in page
    assert "#7a1f26" in (await guest.get("/look.css")).text
    was, became = (await entries(town))[-1]
    assert became == {**NEW, "phone": "1700"}
    assert was["seal"] == before["seal"]
    assert "1588" not in json.dumps([was, became])
    assert LONG in (await guest.get("/console/audit")).text


async def test_the_same_again_changes_nothing_and_is_not_on_record(town: Town) -> None:
    guest = await town.signed_in("owner")
    answer = await guest.post(PAGE, await written(guest))
    assert answer.headers["location"] == f"{PAGE}?same"
    assert await entries(town) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "#ffcc00"}, "옅은 색"),
        ({"colour": "#767677"}, None),
        ({"colour": "#777777"}, "옅은 색"),
        ({"colour": "red"}, "#1a2b3c"),
        ({"colour": "#000;}*{display:none"}, "#1a2b3c"),
        ({"seal": "부천"}, "한 글자"),
        ({"seal": ""}, "한 글자"),
        ({"name": ""}, "80자"),
        ({"name": "가" * 81}, "80자"),
        ({"phone": "051"}, "전화번호"),
        ({"sender": "가" * 81}, "80자"),
    ],
)
async def test_what_nobody_could_read_is_refused_in_plain_words(town: Town, changes: Mapping[str, str], said: str | None) -> None:
    guest = await town.signed_in("owner")
    before = await rows(town)
    answer = await guest.post(PAGE, {**NEW, **changes})
    if said is None:
        assert answer.status_code == HTTPStatus.SEE_OTHER
        assert contrast_with_white(changes["colour"]) >= 4.5
        return
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.text
    # What was written stands there still, to be mended.
    assert fields_of(answer.text)["sender"] == {**NEW, **changes}["sender"]
    assert await rows(town) == before
    assert await entries(town) == []


@pytest.mark.parametrize("who", ["merchant", "clerk", "officer", "customer"])
async def test_nobody_else_changes_it(town: Town, who: str) -> None:
    guest = await town.signed_in(who)
    before = await rows(town)
    for answer in (await guest.get(PAGE), await guest.post(PAGE, NEW)):
        assert answer.status_code == HTTPStatus.FORBIDDEN
    assert await rows(town) == before


async def test_whoever_has_not_signed_in_is_led_to_it(town: Town) -> None:
    guest = town.guest()
    for answer in (await guest.get(PAGE), await guest.post(PAGE, NEW)):
        assert answer.status_code == HTTPStatus.SEE_OTHER
        assert answer.headers["location"].startswith("/sign-in")


async def test_a_right_taken_away_is_gone(town: Town) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff")
    assert (await owner.post("/console/rights", {"change": "staff -foundation.manage"})).status_code == HTTPStatus.SEE_OTHER
    assert (await staff.post(PAGE, NEW)).status_code == HTTPStatus.FORBIDDEN
    assert PAGE not in (await staff.get("/console/shops")).text
    assert PAGE in (await owner.get("/console/shops")).text


async def test_it_is_this_foundations_alone(town: Town) -> None:
    other = await new_town(town.site)
    before = await rows(other)
    await (await town.signed_in("owner")).post(PAGE, NEW)
    assert await rows(other) == before
