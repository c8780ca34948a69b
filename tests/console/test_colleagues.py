"""The people of the foundation: found, invited, given rights of their own, and ended; one owner always stays."""

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus

import pytest

from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from smilero_sdk.roles import Role
from tests.console.conftest import new_town
from tests.support.application import Site
from tests.support.faces import Guest, Town, sentence
from tests.support.factors import inside, set_app_up

PAGE = "/console/colleagues"
NEW = {"phone": "010-7777-1234", "name": "김새롬", "role": "staff"}
_LINK = re.compile(r"https?://[^/\s]+(/join/\S+)")


async def place(town: Town, who: str) -> str:
    """The address of one of the cast."""
    found = await town.site.admin.fetchval(
        "select id from core.membership where person_id = $1 and ended_at is null", town.foundation.people[who]
    )
    return f"{PAGE}/{found}"


async def link(town: Town) -> str:
    """The newest that went out."""
    sent = await SecurityMessages(town.site.database, town.vault, NoChannel()).latest(town.foundation.id, 1)
    found = _LINK.search(sent[0].body)
    assert found
    return found[1]


async def hired(town: Town, **changed: str) -> Guest:
    """Somebody new, invited by the owner and in."""
    owner, guest = await town.signed_in("owner"), town.guest(process=1)
    answer = await owner.post(PAGE, NEW | changed)
    assert answer.headers.get("location") == f"{PAGE}?done=invited", sentence(answer)
    answer = await guest.post(await link(town))
    assert answer.status_code == HTTPStatus.SEE_OTHER
    if answer.headers["location"] == "/console":
        await set_app_up(guest)
    return guest


async def entries(town: Town) -> list[str]:
    rows = await town.site.admin.fetch(
        "select sentence from core.audit_entry where tenant_id = $1 and sentence like 'identity.%' order by id", town.foundation.id
    )
    return [row["sentence"].removeprefix("identity.audit.") for row in rows]


async def roles(town: Town, name: str) -> list[Mapping[str, object]]:
    rows = await town.site.admin.fetch(
        """select m.role, m.shop_id, m.market_id from core.membership m join core.person p on p.id = m.person_id
           where m.tenant_id = $1 and p.name = $2 and m.ended_at is null""",
        town.foundation.id,
        name,
    )
    return [dict(row) for row in rows]


def names(page: str) -> list[str]:
    return re.findall(rf'<a href="{PAGE}/[^"/]+">([^<]+)</a>', page)


async def test_everybody_is_listed_and_found_by_name_and_by_the_last_four_digits(town: Town) -> None:
    staff = await town.signed_in("staff")
    everybody = names((await staff.get(PAGE)).text)
    assert everybody == ["owner", "staff", "officer"]
    assert names((await staff.get(f"{PAGE}?q=OFF")).text) == ["officer"]
    for one in everybody:
        row = next(row for row in (await staff.get(PAGE)).text.split("<tr")[1:] if f">{one}<" in row)
        tail = re.findall(r"<div>(\d{4})</div>", row)[0]
        assert one in names((await staff.get(f"{PAGE}?q={tail}")).text)
    none = await staff.get(f"{PAGE}?q=9876")
    assert (names(none.text), "그런 분이 없습니다" in sentence(none)) == ([], True)
    assert names((await staff.get(f"{PAGE}?q=merchant")).text) == []


@pytest.mark.parametrize(("role", "home"), [("owner", "/console"), ("staff", "/console"), ("officer", "/")])
async def test_an_owner_invites_and_whoever_taps_the_link_is_in(town: Town, role: str, home: str) -> None:
    owner, guest = await town.signed_in("owner"), town.guest(process=1)
    form = NEW | {"role": role, "market": str(town.foundation.market) if role == "officer" else ""}
    assert (await owner.post(PAGE, form)).headers["location"] == f"{PAGE}?done=invited"
    assert "김새롬" in sentence(await owner.get(PAGE))
    assert (await owner.post(PAGE, form)).headers["location"] == f"{PAGE}?done=waiting"
    where = await link(town)
    asked = await guest.get(where)
    assert asked.status_code == HTTPStatus.OK
    assert "초대했어요" in sentence(asked)
    answer = await guest.post(where)
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, home)
    market = town.foundation.market if role == "officer" else None
    assert await roles(town, "김새롬") == [{"role": role, "shop_id": None, "market_id": market}]
    assert await entries(town) == [f"invited.{role}", f"joined.{role}"]
    if home == "/console":
        assert not await inside(guest)
        await set_app_up(guest)
    assert (await owner.post(PAGE, form)).status_code == HTTPStatus.CONFLICT


async def test_staff_invite_and_end_officers_alone(town: Town) -> None:
    staff = await town.signed_in("staff")
    page = (await staff.get(PAGE)).text
    assert re.findall(r'name="role" value="(\w+)"', page) == ["officer"]
    for role in ("owner", "staff"):
        assert (await staff.post(PAGE, NEW | {"role": role})).status_code == HTTPStatus.FORBIDDEN
        own = await place(town, role)
        assert f"{own}/end" not in (await staff.get(own)).text
        assert (await staff.get(f"{own}/end")).status_code == HTTPStatus.FORBIDDEN
        assert (await staff.post(f"{own}/end", {"sure": "true"})).status_code == HTTPStatus.FORBIDDEN
    assert await entries(town) == []
    officer = {"role": "officer", "market": str(town.foundation.market)}
    assert (await staff.post(PAGE, NEW | officer)).headers["location"] == f"{PAGE}?done=invited"
    assert (await staff.post(f"{await place(town, 'officer')}/end")).headers["location"] == f"{PAGE}?done=ended"
    assert await entries(town) == ["invited.officer", "ended.officer"]


async def test_what_staff_may_not_invite_they_may_not_send_again_or_take_back(town: Town) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff")
    await owner.post(PAGE, NEW)
    await town.site.admin.execute(
        "update core.invitation set sent_at = now() - interval '1 minute' where tenant_id = $1", town.foundation.id
    )
    commands = re.findall(r'(?:form)?action="([^"]+/(?:again|revoke))"', (await owner.get(PAGE)).text)
    assert len(commands) == 2
    assert "/again" not in (await staff.get(PAGE)).text
    old = await link(town)
    for command in commands:
        assert (await staff.post(command)).status_code == HTTPStatus.FORBIDDEN
        assert (await owner.post(command)).status_code == HTTPStatus.SEE_OTHER
    assert await entries(town) == ["invited.staff", "invited_again", "revoked"]
    for one in (old, await link(town)):
        assert (await town.guest().post(one)).status_code == HTTPStatus.GONE


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"role": "merchant"}, "골라 주세요"),
        ({"role": "customer"}, "골라 주세요"),
        ({"role": ""}, "골라 주세요"),
        ({"role": "officer"}, "맡을 시장을 골라"),
        ({"role": "officer", "market": "x"}, "맡을 시장을 골라"),
        ({"name": ""}, "이름을 40자"),
        ({"phone": "02-123-4567"}, "휴대전화 번호가 아닙니다"),
    ],
)
async def test_what_was_written_wrongly_is_said_and_kept(town: Town, changed: dict[str, str], why: str) -> None:
    answer = await (await town.signed_in("owner")).post(PAGE, NEW | changed)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert why in sentence(answer)
    assert f'value="{(NEW | changed)["phone"]}"' in answer.text
    assert await entries(town) == []


async def test_a_foreign_market_or_colleague_is_not_there(town: Town, site: Site) -> None:
    owner, other = await town.signed_in("owner"), await new_town(site)
    form = NEW | {"role": "officer", "market": str(other.foundation.market)}
    assert (await owner.post(PAGE, form)).status_code == HTTPStatus.NOT_FOUND
    stranger, till = await place(other, "staff"), await place(town, "clerk")
    for path in (stranger, till):
        for answer in (
            await owner.get(path),
            await owner.post(path, {"change": "staff -audit.read"}),
            await owner.get(f"{path}/end"),
            await owner.post(f"{path}/end"),
        ):
            assert answer.status_code == HTTPStatus.NOT_FOUND
    assert (await owner.get(await place(town, "staff"))).status_code == HTTPStatus.OK


async def test_one_of_the_staff_is_given_and_denied_rights_alone(town: Town) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff")
    colleague = await hired(town)
    here = await place(town, "staff")
    for guest in (staff, colleague):
        assert (await guest.get("/console/audit")).status_code == HTTPStatus.OK
    answer = await owner.post(here, {"change": "staff -audit.read"})
    page = await owner.get(answer.headers["location"])
    assert "이 사람만 다름" in page.text
    assert (await staff.get("/console/audit")).status_code == HTTPStatus.FORBIDDEN
    assert (await colleague.get("/console/audit")).status_code == HTTPStatus.OK
    # The person's counts beside what is said of the role.
    await owner.post("/console/rights", {"change": "staff +plugins.manage"})
    await owner.post(here, {"change": "staff -plugins.manage"})
    enable = "/console/plugins/lantern/enable"
    assert (await staff.get(enable)).status_code == HTTPStatus.FORBIDDEN
    assert (await colleague.get(enable)).status_code != HTTPStatus.FORBIDDEN
    undo = re.findall(r'<button class="button secondary" name="change" value="([^"]+)">', page.text)
    assert undo == ["staff +audit.read"]
    await owner.post(here, {"change": undo[0]})
    assert (await staff.get("/console/audit")).status_code == HTTPStatus.OK
    assert (await owner.get(here)).text.count("이 사람만 다름") == 1
    changes = [one for one in await entries(town) if one.startswith("right_")]
    assert changes == ["right_taken_from_one", "right_given", "right_taken_from_one", "right_given_to_one"]


@pytest.mark.parametrize(
    "change", ["owner -audit.read", "staff +rights.manage", "staff +nowhere.none", "staff", "merchant -coupons.redeem"]
)
async def test_what_cannot_be_said_of_one_person_is_refused(town: Town, change: str) -> None:
    owner = await town.signed_in("owner")
    assert (await owner.post(await place(town, "staff"), {"change": change})).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for who in ("owner", "officer"):
        of_another = {"change": "staff -audit.read"}
        assert (await owner.post(await place(town, who), of_another)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await entries(town) == []


async def test_who_was_ended_is_out_everywhere_and_begins_anew(town: Town) -> None:
    owner, staff = await town.signed_in("owner"), await town.signed_in("staff", process=1)
    here = await place(town, "staff")
    await owner.post(here, {"change": "staff +plugins.manage"})
    assert "권한을 거둘까요" in sentence(await owner.get(f"{here}/end"))
    assert (await staff.get("/console/shops")).status_code == HTTPStatus.OK
    assert (await owner.post(f"{here}/end")).headers["location"] == f"{PAGE}?done=ended"
    assert (await staff.get("/console/shops")).status_code == HTTPStatus.FORBIDDEN
    assert (await owner.post(f"{here}/end")).status_code == HTTPStatus.NOT_FOUND
    assert (await entries(town)) == ["right_given_to_one", "ended.staff"]
    again = await hired(town, phone="010-1111-0001")
    assert await roles(town, "staff") == [{"role": "staff", "shop_id": None, "market_id": None}]
    assert (await again.get("/console/shops")).status_code == HTTPStatus.OK
    assert (await again.get("/console/plugins/coupons/enable")).status_code == HTTPStatus.FORBIDDEN


async def test_an_owner_who_was_ended_leaves_no_way_back_in(town: Town) -> None:
    owner, other = await town.signed_in("owner"), await hired(town, role="owner")
    for form in (
        NEW | {"phone": "010-7777-0001"},
        NEW | {"phone": "010-7777-0002", "role": "officer", "market": str(town.foundation.market)},
    ):
        assert (await other.post(PAGE, form)).headers["location"] == f"{PAGE}?done=invited"
    back = await link(town)
    page = next(one for one in re.findall(rf'href="({PAGE}/[^"/]+)">김새롬<', (await owner.get(PAGE)).text))
    assert (await owner.post(f"{page}/end")).status_code == HTTPStatus.SEE_OTHER
    assert (await town.guest().post(back)).status_code == HTTPStatus.GONE
    assert (await other.get(PAGE)).status_code == HTTPStatus.FORBIDDEN


async def test_nobody_ends_the_last_owner_and_nobody_himself_unasked(town: Town) -> None:
    owner, own = await town.signed_in("owner"), await place(town, "owner")
    asked = await owner.post(f"{own}/end")
    assert (asked.status_code, "정말 내 권한을 거둘까요" in asked.text) == (HTTPStatus.OK, True)
    answer = await owner.post(f"{own}/end", {"sure": "true"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "한 분은 있어야" in sentence(answer)
    assert (await owner.get(PAGE)).status_code == HTTPStatus.OK
    other = await hired(town, role="owner")
    assert (await owner.post(f"{own}/end")).status_code == HTTPStatus.OK
    assert (await owner.get(PAGE)).status_code == HTTPStatus.OK
    assert (await owner.post(f"{own}/end", {"sure": "true"})).headers["location"] == "/"
    assert (await owner.get(PAGE)).status_code == HTTPStatus.FORBIDDEN
    assert (await other.get(PAGE)).status_code == HTTPStatus.OK


async def test_of_two_owners_who_end_each_other_at_once_one_stays(town: Town) -> None:
    for number in range(5):
        owner, other = await town.signed_in("owner"), await hired(town, phone=f"010-7777-100{number}", name=f"다른{number}", role="owner")
        page = (await owner.get(PAGE)).text
        first, second = await place(town, "owner"), next(iter(re.findall(rf'href="({PAGE}/[^"/]+)">다른{number}<', page)))
        await asyncio.gather(owner.post(f"{second}/end"), other.post(f"{first}/end"))
        left = await town.site.admin.fetch(
            "select id, person_id from core.membership where tenant_id = $1 and role = 'owner' and ended_at is null", town.foundation.id
        )
        assert len(left) == 1
        await _make_owner(town)


async def _make_owner(town: Town) -> None:
    """The cast's owner alone again."""
    await town.site.admin.execute(
        "update core.membership set ended_at = now() where tenant_id = $1 and role = 'owner' and ended_at is null", town.foundation.id
    )
    await town.site.admin.execute(
        "insert into core.membership (tenant_id, id, person_id, role) values ($1, gen_random_uuid(), $2, 'owner')",
        town.foundation.id,
        town.foundation.people["owner"],
    )


@pytest.mark.parametrize("who", [Role.OFFICER, Role.MERCHANT, Role.CLERK, Role.CUSTOMER])
async def test_others_see_nobody(town: Town, who: str) -> None:
    guest = await town.signed_in(who)
    own = await place(town, "staff")
    for path in (PAGE, own, f"{own}/end"):
        assert (await guest.get(path)).status_code == HTTPStatus.FORBIDDEN
        assert (await guest.post(path, NEW | {"change": "staff -audit.read"})).status_code == HTTPStatus.FORBIDDEN
    assert await entries(town) == []
