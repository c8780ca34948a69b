"""Many shops at once: looked at line by line, and only what is right is sent."""

from http import HTTPStatus

import pytest

from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from tests.support.faces import Town, sentence

PAGE = "/console/invitations"


async def sent(town: Town) -> list[str]:
    messages = await SecurityMessages(town.site.database, town.vault, NoChannel()).latest(town.foundation.id, 50)
    return [message.to for message in messages]


def lines(town: Town) -> str:
    slug = town.foundation.host.partition(".")[0]
    return "\n".join(
        [
            f"{slug} shop, , 010-7777-0001, 김순자",
            f"{slug} other_shop\t\t01077770002",
            f"{slug} shop, , 02-123-4567",
            "없는 집, , 010-7777-0003",
            f"{slug} shop, , 010 7777 0001, 박영수",
            "쉼표가 없는 줄",
            "",
            f"{slug} shop, , 010-1111-0003",
        ]
    )


async def test_a_list_is_looked_at_line_by_line_and_nothing_is_sent(town: Town) -> None:
    staff = await town.signed_in("staff")
    answer = await staff.post(PAGE, {"market": town.foundation.market, "lines": lines(town), "step": "look"})
    assert answer.status_code == HTTPStatus.OK
    told = sentence(answer)
    assert "맞는 줄 2개, 고칠 줄 5개" in told
    rows = {row.split("번째 줄")[0].rpartition(">")[2]: row for row in answer.text.split("<tr")[2:]}
    for number, why in (
        (3, "휴대전화 번호가 아닙니다"),
        (4, "이 시장 명단에 그런 점포가 없습니다"),
        (5, "1번째 줄과 같은 점포"),
        (6, "쉼표로 나누어"),
        (8, "이미 이 가게에서"),
    ):
        assert why in rows[str(number)]
    assert await sent(town) == []
    count = await town.site.admin.fetchval("select count(*) from core.invitation where tenant_id = $1", town.foundation.id)
    assert count == 0


async def test_what_is_right_is_sent_once(town: Town) -> None:
    staff = await town.signed_in("staff")
    form = {"market": town.foundation.market, "lines": lines(town), "step": "send"}
    answer = await staff.post(PAGE, form)
    assert answer.headers["location"] == f"{PAGE}?market={town.foundation.market}&sent=2"
    assert "2곳에 초대 문자를 보냈습니다" in sentence(await staff.get(answer.headers["location"]))
    assert sorted(await sent(town)) == ["+821077770001", "+821077770002"]
    assert (await staff.post(PAGE, form)).headers["location"].endswith("sent=0")
    assert len(await sent(town)) == 2
    assert "이미 초대하여 기다리고 있습니다" in sentence(await staff.post(PAGE, form | {"step": "look"}))


async def test_the_registrys_shops_without_anybody_are_offered(town: Town) -> None:
    staff, slug = await town.signed_in("staff"), town.foundation.host.partition(".")[0]
    await town.site.admin.execute("update core.membership set ended_at = now() where shop_id = $1", town.foundation.other_shop)
    page = (await staff.get(f"{PAGE}?market={town.foundation.market}")).text
    written = page.partition("<textarea")[2].partition("</textarea>")[0].partition(">")[2].split("\n")
    assert [line.partition(",")[0] for line in written if line] == [f"{slug} other_shop"]


async def test_a_foreign_market_is_not_there(town: Town) -> None:
    staff = await town.signed_in("staff")
    market = town.site.bucheon.market
    assert (await staff.get(f"{PAGE}?market={market}")).status_code == HTTPStatus.NOT_FOUND
    assert (await staff.post(PAGE, {"market": market, "lines": "a, b, c"})).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("count", [200, 201])
async def test_a_list_has_at_most_two_hundred_lines(town: Town, count: int) -> None:
    staff = await town.signed_in("staff")
    text = "\n".join("없는 집, , 010-7777-0003" for _ in range(count))
    answer = await staff.post(PAGE, {"market": town.foundation.market, "lines": text})
    assert answer.status_code == (HTTPStatus.OK if count == 200 else HTTPStatus.UNPROCESSABLE_ENTITY)
