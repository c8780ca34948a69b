"""Staff invite at the counter, the merchant taps the link, and she is in her shop; and whatever else is done with the link."""

import asyncio
import re
from http import HTTPStatus
from uuid import uuid4

import pytest

from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from tests.support.application import Site
from tests.support.faces import SESSION, Guest, Town, new_town, sentence

PHONE = "010-7777-1234"
NEW = {"phone": PHONE, "name": "김순자", "role": "merchant"}
_LINK = re.compile(r"https?://[^/\s]+(/join/\S+)")


def page(town: Town) -> str:
    return f"/console/shops/{town.foundation.shop}/people"


async def links(town: Town) -> list[str]:
    """The links that went out, the newest first."""
    sent = await SecurityMessages(town.site.database, town.vault, NoChannel()).latest(town.foundation.id, 50)
    return [found[1] for message in sent if (found := _LINK.search(message.body))]


async def invited(town: Town, staff: Guest, **changed: str) -> str:
    """Invite somebody; the link."""
    answer = await staff.post(page(town), NEW | changed)
    assert (answer.status_code, answer.headers.get("location")) == (HTTPStatus.SEE_OTHER, f"{page(town)}?done=invited"), sentence(answer)
    return (await links(town))[0]


async def audit(town: Town) -> list[str]:
    rows = await town.site.admin.fetch(
        "select sentence from core.audit_entry where tenant_id = $1 and sentence like 'identity.%' order by id", town.foundation.id
    )
    return [row["sentence"] for row in rows]


async def commands(town: Town, guest: Guest, kind: str) -> list[str]:
    """The addresses of a command that stand on the page of the shop's people."""
    return re.findall(rf'(?:form)?action="([^"]+/{kind})"', (await guest.get(page(town))).text)


async def test_she_taps_the_link_and_is_in_her_shop(town: Town) -> None:
    staff, her = await town.signed_in("staff"), town.guest()
    link = await invited(town, staff)
    asked = await her.get(link)
    assert asked.status_code == HTTPStatus.OK
    assert "사장님이신가요" in sentence(asked)
    answer = await her.post(link)
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/portal")
    slug = town.foundation.host.partition(".")[0]
    assert f"<b>{slug} shop</b>" in (await her.get("/portal")).text
    row = await town.site.admin.fetch(
        """
        select m.role, m.shop_id, p.name from core.membership m join core.person p on p.id = m.person_id
        where m.tenant_id = $1 and p.name = '김순자'
        """,
        town.foundation.id,
    )
    assert [(one["role"], one["shop_id"]) for one in row] == [("merchant", town.foundation.shop)]
    assert await audit(town) == ["identity.audit.invited.merchant", "identity.audit.joined.merchant"]
    assert "김순자" in (await staff.get(page(town))).text
    assert await commands(town, staff, "again") == []


async def test_a_look_at_the_link_takes_nothing(town: Town) -> None:
    link = await invited(town, await town.signed_in("staff"))
    robot, her = town.guest(), town.guest()
    for method in ("GET", "HEAD", "GET"):
        assert (await robot.ask(method, link)).status_code == HTTPStatus.OK
    assert SESSION not in robot.cookies
    assert (await her.post(link)).status_code == HTTPStatus.SEE_OTHER


async def test_the_link_is_kept_as_a_hash_and_the_number_sealed(town: Town) -> None:
    token = (await invited(town, await town.signed_in("staff"))).rpartition("/")[2]
    rows = await town.site.admin.fetch("select * from core.invitation where tenant_id = $1", town.foundation.id)
    [told] = [str(dict(row)) for row in rows]
    assert token not in told
    assert PHONE.replace("-", "")[1:] not in told


async def test_two_taps_are_one_and_a_second_person_is_refused(town: Town) -> None:
    link = await invited(town, await town.signed_in("staff"))
    her, thief = town.guest(), town.guest(process=1)
    answers = await asyncio.gather(*(guest.post(link) for guest in (her, thief)))
    assert sorted(answer.status_code for answer in answers) == [HTTPStatus.SEE_OTHER, HTTPStatus.GONE]
    inside = her if her.cookies.get(SESSION) else thief
    assert (await inside.post(link)).headers["location"] == "/portal"
    assert (await town.guest().post(link)).status_code == HTTPStatus.GONE
    assert (await town.guest().get(link)).status_code == HTTPStatus.GONE


@pytest.mark.parametrize("how", ["expired", "revoked", "sent again", "never was", "shop left"])
async def test_a_link_that_is_not_good_opens_nothing(town: Town, how: str) -> None:
    staff, admin, foundation = await town.signed_in("staff"), town.site.admin, town.foundation
    link = await invited(town, staff)
    match how:
        case "expired":
            await admin.execute("update core.invitation set expires_at = now() where tenant_id = $1", foundation.id)
        case "revoked":
            [command] = await commands(town, staff, "revoke")
            assert (await staff.post(command)).status_code == HTTPStatus.SEE_OTHER
        case "sent again":
            await admin.execute("update core.invitation set sent_at = now() - interval '1 minute' where tenant_id = $1", foundation.id)
            [command] = await commands(town, staff, "again")
            assert (await staff.post(command)).status_code == HTTPStatus.SEE_OTHER
        case "shop left":
            await admin.execute("update core.shop set status = 'left' where id = $1", foundation.shop)
        case _:
            link = "/join/" + "a" * 22
    guest = town.guest()
    for answer in (await guest.get(link), await guest.post(link)):
        assert answer.status_code == HTTPStatus.GONE
        assert "쓸 수 없는 초대" in sentence(answer)
    assert SESSION not in guest.cookies
    if how == "sent again":
        assert (await guest.post((await links(town))[0])).status_code == HTTPStatus.SEE_OTHER


async def test_a_link_is_worthless_at_another_foundation(town: Town, site: Site) -> None:
    link = await invited(town, await town.signed_in("staff"))
    elsewhere = (await new_town(site)).guest()
    assert (await elsewhere.post(link)).status_code == HTTPStatus.GONE
    assert (await town.guest().post(link)).status_code == HTTPStatus.SEE_OTHER


async def test_two_taps_at_the_counter_send_one_message(town: Town) -> None:
    staff = await town.signed_in("staff")
    answers = await asyncio.gather(*(staff.post(page(town), NEW) for _ in range(2)))
    assert sorted(answer.headers["location"].partition("=")[2] for answer in answers) == ["invited", "waiting"]
    assert len(await links(town)) == 1
    # So do two taps on 다시 보내기: the link of the first lives.
    [command] = await commands(town, staff, "again")
    for _ in range(2):
        assert (await staff.post(command)).status_code == HTTPStatus.SEE_OTHER
    assert len(await links(town)) == 1


@pytest.mark.parametrize(
    ("changed", "status", "why"),
    [
        ({"phone": "02-123-4567"}, HTTPStatus.UNPROCESSABLE_ENTITY, "휴대전화 번호가 아닙니다"),
        ({"phone": ""}, HTTPStatus.UNPROCESSABLE_ENTITY, "휴대전화 번호가 아닙니다"),
        ({"name": " "}, HTTPStatus.UNPROCESSABLE_ENTITY, "이름을"),
        ({"role": "owner"}, HTTPStatus.UNPROCESSABLE_ENTITY, "상인인지 점원인지"),
        ({"role": "emperor"}, HTTPStatus.UNPROCESSABLE_ENTITY, "상인인지 점원인지"),
        ({"phone": "010-1111-0003"}, HTTPStatus.CONFLICT, "이미 이 가게에서"),
    ],
)
async def test_what_cannot_be_invited_is_said_and_what_was_written_stays(
    town: Town, changed: dict[str, str], status: int, why: str
) -> None:
    answer = await (await town.signed_in("staff")).post(page(town), NEW | changed)
    assert answer.status_code == status
    assert why in sentence(answer)
    assert f'value="{(NEW | changed)["phone"]}"' in answer.text
    assert await links(town) == []


@pytest.mark.parametrize("who", ["merchant", "clerk", "officer", "customer", None])
async def test_only_the_foundation_invites_and_takes_away(town: Town, who: str | None) -> None:
    staff = await town.signed_in("staff")
    await invited(town, staff)
    [end, *_], [again], [revoke] = [
        re.findall(rf'"({re.escape(page(town))}/\S+/end)"', (await staff.get(page(town))).text),
        await commands(town, staff, "again"),
        await commands(town, staff, "revoke"),
    ]
    guest = await town.signed_in(who) if who else town.guest()
    before = await audit(town)
    for path in (page(town), end, again, revoke, "/console/invitations"):
        answer = await guest.post(path, NEW)
        if who:
            assert answer.status_code == HTTPStatus.FORBIDDEN
        else:
            assert answer.headers["location"].startswith("/sign-in")
    assert (await guest.get(page(town))).status_code == (HTTPStatus.FORBIDDEN if who else HTTPStatus.SEE_OTHER)
    assert await audit(town) == before
    assert len(await links(town)) == 1


async def test_what_is_another_foundations_is_not_there(town: Town, site: Site) -> None:
    staff, stranger = await town.signed_in("staff"), await (other := await new_town(site)).signed_in("owner")
    await invited(town, staff)
    addresses = re.findall(rf'"({re.escape(page(town))}/\S+/(?:end|again|revoke))"', (await staff.get(page(town))).text)
    assert len(addresses) == 4
    for path in [page(town), *addresses]:
        theirs, never = await stranger.post(path, NEW), await stranger.post(re.sub(r"[0-9a-f-]{36}", str(uuid4()), path), NEW)
        assert (theirs.status_code, theirs.content) == (never.status_code, never.content) == (HTTPStatus.NOT_FOUND, never.content)
    # Nor do the ids of one shop work at another of the same foundation.
    for path in addresses:
        moved = path.replace(str(town.foundation.shop), str(town.foundation.other_shop))
        assert (await staff.post(moved)).status_code == HTTPStatus.NOT_FOUND
    assert await links(other) == []
    assert (await staff.get(page(town))).text.count("/end") == 2


async def test_a_role_taken_away_is_gone_at_her_next_request(town: Town) -> None:
    owner, her, tills = await town.signed_in("owner"), await town.signed_in("merchant", process=1), town.site
    api = tills.caller(town.foundation, "merchant")
    assert (await her.get("/portal")).status_code == HTTPStatus.OK
    assert (await api.get("/api/v1/coupons/campaigns")).status_code == HTTPStatus.OK
    people = (await owner.get(page(town))).text
    row = next(row for row in people.split("<tr")[1:] if ">merchant<" in row)
    end = re.findall(r'href="(\S+/end)"', row)[0]
    assert "거둘까요" in sentence(await owner.get(end))
    assert (await owner.post(end)).headers["location"] == f"{page(town)}?done=ended"
    assert (await her.get("/portal")).status_code == HTTPStatus.FORBIDDEN
    assert (await api.get("/api/v1/coupons/campaigns")).status_code == HTTPStatus.UNAUTHORIZED
    assert (await owner.post(end)).status_code == HTTPStatus.NOT_FOUND
    assert await audit(town) == ["identity.audit.ended.merchant"]
    # And she can be invited again.
    link = await invited(town, owner, phone="010-1111-0003")
    assert (await her.post(link)).status_code == HTTPStatus.SEE_OTHER
    assert (await her.get("/portal")).status_code == HTTPStatus.OK


async def test_invitations_are_limited(town: Town) -> None:
    staff = await town.signed_in("staff")
    answers = [(await staff.post(page(town), NEW)).status_code for _ in range(11)]
    assert answers == [HTTPStatus.SEE_OTHER] * 10 + [HTTPStatus.TOO_MANY_REQUESTS]
    # Another number is not in the way of it.
    assert (await staff.post(page(town), NEW | {"phone": "010-7777-9999"})).status_code == HTTPStatus.SEE_OTHER


async def test_who_is_signed_in_as_somebody_else_is_out_there(town: Town) -> None:
    guest = await town.signed_in("customer")
    before = dict(guest.cookies)
    assert (await guest.post(await invited(town, await town.signed_in("staff")))).status_code == HTTPStatus.SEE_OTHER
    old = town.guest()
    old.cookies = before
    assert (await old.get("/sessions")).headers["location"].startswith("/sign-in")
