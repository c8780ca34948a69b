"""The whole way: switched on, asked for, confirmed by somebody else and carried out as the asker's, on record with both."""

from http import HTTPStatus
from uuid import uuid4

from tests.support.approvals import FEW, MANY, Two, id_in, two
from tests.support.faces import Town, sentence


async def test_a_large_coupon_waits_and_is_made_once_somebody_else_confirms_it(town: Town) -> None:
    office = await two(town)
    merchant, staff = await town.signed_in("merchant"), await town.signed_in("staff", process=1)
    answer = await office.ask(merchant)
    held = id_in(answer.headers["location"])
    assert (await office.campaigns(), await office.state(held)) == (0, "waiting")
    told = sentence(await merchant.get(answer.headers["location"]))
    assert "다른 한 사람이 확인하면 실행됩니다" in told
    page = await staff.get(f"/console/approvals/{held}")
    for words in ("2,000원 깎아 드려요", "1,000분", "2,000,000원", await office.name("merchant")):
        assert words in sentence(page), words
    done = await staff.post(f"/console/approvals/{held}/approve", {}, key=str(uuid4()))
    assert done.headers["location"] == f"/console/approvals/{held}"
    assert (await office.campaigns(), await office.state(held)) == (1, "done")
    campaign = await town.site.admin.fetchrow("select * from plugin_coupons.campaign where tenant_id = $1", town.foundation.id)
    assert campaign
    assert (campaign["value"], campaign["stock"], campaign["created_by"]) == (2000, 1000, town.foundation.people["merchant"])
    row = await office.row(held)
    assert (row["asked_by"], row["decided_by"]) == (town.foundation.people["merchant"], town.foundation.people["staff"])
    assert await office.said() == ["on", "asked", "approved"]
    made = [(role, values) for key, role, values in await office.entries() if key == "coupons.audit.made"]
    assert [(role, values["approved_by"]) for role, values in made] == [("merchant", str(town.foundation.people["staff"]))]
    log = sentence(await (await town.signed_in("owner")).get("/console/audit"))
    assert f"{await office.name('merchant')} (확인: {await office.name('staff')})" in log
    seen = await merchant.get(f"/portal/approvals/{held}")
    assert "확인해서 실행했습니다" in sentence(seen)
    assert f'href="/portal/coupons/campaigns/{campaign["id"]}/made"' in seen.text


async def test_without_the_switch_and_below_the_amount_one_is_enough(town: Town) -> None:
    office = Two(town)
    merchant = await town.signed_in("merchant")
    assert "/made" in (await office.ask(merchant, MANY)).headers["location"]
    await office.turn()
    assert "/made" in (await office.ask(merchant, FEW)).headers["location"]
    assert await office.campaigns() == 2
    assert (await office.ask(merchant, MANY)).status_code == HTTPStatus.SEE_OTHER
    assert await office.campaigns() == 2
