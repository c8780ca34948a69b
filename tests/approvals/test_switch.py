"""The switch: on where two can confirm, off by the word of a second, and nobody else's."""

from http import HTTPStatus
from uuid import uuid4

from tests.support.application import Site
from tests.support.approvals import LARGE, Two, id_in, two
from tests.support.faces import Town, new_town, sentence

PAGE = "/console/plugins/coupons"


async def wanted(town: Town) -> bool:
    return bool(await town.site.admin.fetchval("select count(*) from core.approval_choice where tenant_id = $1", town.foundation.id))


async def test_it_is_off_until_the_owner_switches_it_on_and_off_needs_two(town: Town) -> None:
    office, owner, staff = Two(town), await town.signed_in("owner"), await town.signed_in("staff")
    page = await owner.get(PAGE)
    assert "두 사람이 확인하는 일" in sentence(page)
    assert f'action="{LARGE}"' in page.text
    assert f'action="{LARGE}"' not in (await staff.get(PAGE)).text
    assert (await office.turn(who="staff")).status_code == HTTPStatus.FORBIDDEN
    assert not await wanted(town)
    for _ in range(2):
        assert (await office.turn()).headers["location"] == PAGE
    assert await wanted(town)
    answer = await office.turn("false")
    held = id_in(answer.headers["location"])
    assert (await wanted(town), await office.state(held)) == (True, "waiting")
    assert "한 사람이 바로 할 수 있게" in sentence(await staff.get(f"/console/approvals/{held}"))
    # Not by his own word.
    assert (await owner.post(f"/console/approvals/{held}/approve", {})).status_code == HTTPStatus.FORBIDDEN
    assert await wanted(town)
    await staff.post(f"/console/approvals/{held}/approve", {})
    assert (await wanted(town), await office.state(held)) == (False, "done")
    assert await office.said() == ["on", "asked", "off", "approved"]
    log = sentence(await owner.get("/console/audit"))
    assert "「큰 금액의 쿠폰 만들기」을 한 사람이 바로 할 수 있게 했습니다" in log


async def test_who_may_switch_no_more_has_not_switched_it_off(town: Town) -> None:
    office = await two(town)
    held = id_in((await office.turn("false")).headers["location"])
    await town.site.admin.execute(
        """insert into core.permission_choice (tenant_id, id, role, permission, allowed)
           values ($1, gen_random_uuid(), 'owner', 'plugins.manage', false)""",
        town.foundation.id,
    )
    await (await town.signed_in("staff")).post(f"/console/approvals/{held}/approve", {})
    assert (await wanted(town), await office.state(held)) == (True, "failed")


async def test_it_is_not_switched_on_where_one_alone_could_confirm(town: Town) -> None:
    await town.site.admin.execute("update core.membership set ended_at = now() where tenant_id = $1 and role = 'staff'", town.foundation.id)
    answer = await Two(town).turn()
    assert (answer.status_code, await wanted(town)) == (HTTPStatus.CONFLICT, False)
    assert "두 명은 있어야" in sentence(answer)


async def test_what_no_plugin_marks_and_what_is_off_has_no_switch(site: Site) -> None:
    town = await new_town(site)
    owner = await town.signed_in("owner")
    for path in ("/console/plugins/coupons/approvals/nothing", "/console/plugins/nothing/approvals/large"):
        assert (await owner.post(path, {"enabled": "true"}, key=str(uuid4()))).status_code == HTTPStatus.NOT_FOUND
    await site.admin.execute(
        "update core.plugin_activation set enabled = false where tenant_id = $1 and plugin = 'coupons'", town.foundation.id
    )
    # A process that has not looked yet: the other remembers for two seconds.
    assert f'action="{LARGE}"' not in (await (await town.signed_in("owner", process=1)).get(PAGE)).text


async def test_the_switch_of_one_foundation_is_not_anothers(site: Site, town: Town) -> None:
    await two(town)
    other = Two(await new_town(site))
    await other.ask(await other.town.signed_in("merchant"))
    assert await other.campaigns() == 1
