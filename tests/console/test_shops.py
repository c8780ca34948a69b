"""A shop that does without a plugin: everything of it is gone there, and nowhere else; and what a shop chooses for itself."""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest

from tests.console.conftest import new_town
from tests.support.application import Site
from tests.support.coupons import CLAIMS, REDEMPTIONS, Till, campaign_body, claims_of
from tests.support.faces import Guest, Town, sentence
from tests.support.waiting import until

LIST = "/portal/plugins"
CAMPAIGNS = "/api/v1/coupons/campaigns"
OPEN = {HTTPStatus.OK, HTTPStatus.SEE_OTHER}


async def opt(guest: Guest, name: str, *, on: bool, shop: UUID | None = None) -> int:
    """Use the switch of one's own shop, or as the foundation that of any shop."""
    path = f"{LIST}/{name}" if shop is None else f"/console/shops/{shop}/plugins/{name}"
    return (await guest.post(path, {"enabled": str(on).lower()})).status_code


def doors(town: Town, who: str) -> dict[str, Callable[[], Awaitable[bool]]]:
    """Where somebody of a shop meets the lantern: by name, whether it is there."""
    shop = town.foundation.other_shop if who.startswith("other") else town.foundation.shop
    api, public = town.site.caller(town.foundation, who), town.guest()

    async def page() -> bool:
        answer = await (await town.signed_in(who)).get("/portal/lantern/lamps")
        assert answer.status_code in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}
        return answer.status_code == HTTPStatus.OK

    async def tile() -> bool:
        return "등불 보기" in (await (await town.signed_in(who)).get("/portal")).text

    async def bar() -> bool:
        return 'href="/portal/lantern/lamps"' in (await (await town.signed_in(who)).get("/portal/help")).text

    async def slot() -> bool:
        return "lantern-slot" in (await public.get(f"/storefront/shops/{shop}")).text

    async def operation() -> bool:
        answer = await api.get(f"/api/v1/lantern/lamps/{shop}")
        assert answer.status_code in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}
        return answer.status_code == HTTPStatus.OK

    async def by_the_foundation() -> bool:
        return (await town.site.caller(town.foundation, "owner").get(f"/api/v1/lantern/lamps/{shop}")).status_code == HTTPStatus.OK

    return {"page": page, "tile": tile, "bar": bar, "slot": slot, "operation": operation, "by the foundation": by_the_foundation}


async def open_doors(town: Town, who: str) -> dict[str, bool]:
    return {name: await is_open() for name, is_open in doors(town, who).items()}


@pytest.mark.parametrize("by", ["merchant", "staff"])
async def test_without_it_every_door_is_shut_for_that_shop_alone(site: Site, by: str) -> None:
    # Without coupons, whose place on the bar comes first.
    town = await new_town(site, "storefront", "lantern")
    everything = dict.fromkeys(doors(town, "merchant"), True)
    assert await open_doors(town, "merchant") == everything
    guest = await town.signed_in(by)
    shop = None if by == "merchant" else town.foundation.shop
    for _ in range(2):
        assert await opt(guest, "lantern", on=False, shop=shop) == HTTPStatus.SEE_OTHER
    assert await open_doors(town, "merchant") == dict.fromkeys(everything, False)
    assert await open_doors(town, "clerk") == dict.fromkeys(everything, False)
    assert await open_doors(town, "other merchant") == everything
    rows = await site.admin.fetch(
        "select sentence, subject_id from core.audit_entry where tenant_id = $1 and sentence like 'plugins.audit.shop%'", town.foundation.id
    )
    assert [tuple(row) for row in rows] == [("plugins.audit.shop_without", town.foundation.shop)]
    # The same switch takes it back, and what the shop chose is still there.
    assert await opt(guest, "lantern", on=True, shop=shop) == HTTPStatus.SEE_OTHER
    assert await open_doors(town, "merchant") == everything


async def test_it_holds_on_the_other_process_soon(town: Town) -> None:
    merchant, there = await town.signed_in("merchant"), await town.signed_in("merchant", process=1)
    assert (await there.get("/portal/lantern/lamps")).status_code == HTTPStatus.OK
    await opt(merchant, "lantern", on=False)

    async def gone() -> bool:
        return (await there.get("/portal/lantern/lamps")).status_code == HTTPStatus.NOT_FOUND

    await until(gone)


async def test_a_commands_page_is_shut_like_any_other(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    form = {"kind": "won", "value": "1000", "until": "week", "stock": "10"}
    assert (await merchant.post("/portal/coupons/campaigns", form, key=str(uuid4()))).status_code == HTTPStatus.SEE_OTHER
    await opt(merchant, "coupons", on=False)
    for path, posted in (("/portal/coupons/campaigns", form), ("/portal/coupons/redemptions", {"code": "123456"})):
        assert (await merchant.post(path, posted, key=str(uuid4()))).status_code == HTTPStatus.NOT_FOUND


async def test_coupons_of_a_shop_without_them_are_neither_taken_nor_used(town: Town) -> None:
    till = Till(town.site, town.foundation)
    campaign = await till.campaign(per_person=5)
    claim = await till.claim(campaign)
    page, customer = f"/coupons/c/{campaign['id']}", await town.signed_in("customer")
    assert "쿠폰 받기" in (await customer.get(page)).text
    merchant = await town.signed_in("merchant")
    await opt(merchant, "coupons", on=False)
    shown = (await customer.get(page)).text
    assert "지금 쿠폰을 쉬어요" in shown
    assert "쿠폰 받기" not in shown
    for caller, path, body, status in (
        ("customer", claims_of(campaign), None, 409),
        ("merchant", REDEMPTIONS, {"code": claim["code"]}, 404),
        ("owner", REDEMPTIONS, {"code": claim["code"]}, 409),
        ("owner", CAMPAIGNS, campaign_body(town.foundation.shop), 404),
        ("merchant", CAMPAIGNS, campaign_body(town.foundation.shop), 404),
    ):
        answer = await till.caller(caller).post(path, body, key=str(uuid4()))
        assert answer.status_code == status, (caller, path, answer.text)
    # The customer keeps what he has, the foundation its figures; and with the plugin again the coupon is good.
    assert [one["id"] for one in (await till.caller("customer").get(CLAIMS)).json()["items"]] == [claim["id"]]
    assert campaign["id"] in [one["id"] for one in (await till.caller("owner").get(CAMPAIGNS)).json()["items"]]
    await opt(merchant, "coupons", on=True)
    await till.redeem(claim["code"])


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("customer", 403), ("owner", 403)])
async def test_the_portals_switch_is_the_merchants(town: Town, who: str, status: int) -> None:
    guest = await town.signed_in(who)
    for path in (LIST, f"{LIST}/lantern", f"{LIST}/lantern/lamps"):
        assert (await guest.get(path)).status_code == status
    assert await opt(guest, "lantern", on=False) == status
    assert (await guest.post(f"{LIST}/lantern/lamps", {"set.lamps": "9"})).status_code == status
    assert (await open_doors(town, "merchant"))["page"]
    assert await opt(await town.signed_in("merchant"), "lantern", on=False) == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(("who", "status"), [("merchant", 403), ("clerk", 403), ("officer", 403), ("owner", 303)])
async def test_the_consoles_switch_is_the_foundations(town: Town, who: str, status: int) -> None:
    guest = await town.signed_in(who)
    assert await opt(guest, "lantern", on=False, shop=town.foundation.other_shop) == status
    assert (await open_doors(town, "other merchant"))["page"] is (status == HTTPStatus.FORBIDDEN)


async def test_a_shop_of_another_foundation_is_not_there(town: Town, site: Site) -> None:
    other = await new_town(site)
    staff = await town.signed_in("staff")
    for shop in (other.foundation.shop, UUID(int=0)):
        assert (await staff.get(f"/console/shops/{shop}/plugins")).status_code == HTTPStatus.NOT_FOUND
        assert await opt(staff, "lantern", on=False, shop=shop) == HTTPStatus.NOT_FOUND
    assert (await open_doors(other, "merchant"))["page"]
    assert (await staff.get(f"/console/shops/{town.foundation.shop}/plugins")).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", ["storefront", "candle", "glow", "nothing"])
async def test_a_shop_keeps_what_is_for_the_whole_foundation_and_what_is_off(town: Town, name: str) -> None:
    merchant, staff = await town.signed_in("merchant"), await town.signed_in("staff")
    assert await opt(merchant, name, on=False) == HTTPStatus.NOT_FOUND
    assert await opt(staff, name, on=False, shop=town.foundation.shop) == HTTPStatus.NOT_FOUND


async def test_what_another_needs_stays_until_that_is_gone(site: Site) -> None:
    town = await new_town(site, "lantern", "candle")
    merchant = await town.signed_in("merchant")
    refused = await merchant.post(f"{LIST}/lantern", {"enabled": "false"})
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "candle 등불이 이 기능을 쓰고 있어" in sentence(refused)
    staff = await town.signed_in("staff")
    assert await opt(staff, "lantern", on=False, shop=town.foundation.shop) == HTTPStatus.CONFLICT
    assert await opt(merchant, "candle", on=False) == HTTPStatus.SEE_OTHER
    assert await opt(merchant, "lantern", on=False) == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [
        ("hangs", "false", "아니요"),
        ("lamps", "12", "12"),
        ("greeting", "어서 오세요", "어서 오세요"),
        ("mood", "bright", "환하게"),
        ("opens", "18:30", "18:30"),
        ("wick", "qz-7781", "넣어 둠"),
    ],
)
async def test_a_merchant_chooses_one_thing_at_a_time(town: Town, field: str, text: str, shown: str) -> None:
    merchant, neighbour = await town.signed_in("merchant"), await town.signed_in("other merchant")
    before = values(await merchant.get(f"{LIST}/lantern"))
    assert (await merchant.get(f"{LIST}/lantern/{field}")).status_code == HTTPStatus.OK
    answer = await merchant.post(f"{LIST}/lantern/{field}", {f"set.{field}": text})
    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{LIST}/lantern?saved={field}")
    after = values(await merchant.get(answer.headers["location"]))
    assert {name: value for name, value in after.items() if before[name] != value} == {f"{LIST}/lantern/{field}": shown}
    assert values(await neighbour.get(f"{LIST}/lantern")) == before
    again = await merchant.get(f"{LIST}/lantern/{field}")
    assert "qz-7781" not in again.text


def values(page: object) -> dict[str, str]:
    """What each line of the list says, by where it leads."""
    text: str = page.text  # type: ignore[attr-defined]  # a response
    return dict(re.findall(r'<a class="row" href="([^"]+)">.*?</b><span>([^<]*)</span>', text))


async def test_a_wrong_answer_is_asked_again(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    answer = await merchant.post(f"{LIST}/lantern/lamps", {"set.lamps": "100"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "99보다 클 수 없습니다." in sentence(answer)
    assert 'value="100"' in answer.text
    assert (await merchant.get(f"{LIST}/lantern/nothing")).status_code == HTTPStatus.NOT_FOUND
    assert (await merchant.get(f"{LIST}/storefront")).status_code == HTTPStatus.NOT_FOUND


async def test_settings_of_coupons_are_what_the_pages_do(town: Town) -> None:
    till, merchant, owner = Till(town.site, town.foundation), await town.signed_in("merchant"), await town.signed_in("owner")
    sent = {"set.undo_minutes": "3", "set.stock": "70", "set.per_person": "4"}
    page = await owner.get("/console/plugins/coupons/settings")
    mark = re.search(r'name="mark" value="(\w+)"', page.text)
    assert mark
    saved = await owner.post("/console/plugins/coupons/settings", sent | {"mark": mark[1]}, key=str(uuid4()))
    assert saved.status_code == HTTPStatus.SEE_OTHER
    await merchant.post(f"{LIST}/coupons/note", {"set.note": "포장할 때만 써요"})
    question = (await merchant.get("/portal/coupons/new/stock?kind=won&value=1000&until=week")).text
    assert re.search(r'class="answer selected" name="stock" value="70"', question)
    form = {"kind": "won", "value": "1000", "until": "week", "stock": "70"}
    made = await merchant.get((await merchant.post("/portal/coupons/campaigns", form, key=str(uuid4()))).headers["location"])
    assert "data-undo-minutes>3</span>분 안에" in made.text
    campaign = (await till.caller("merchant").get(CAMPAIGNS)).json()["items"][0]
    assert (campaign["stock"], campaign["per_person"]) == (70, 4)
    assert "포장할 때만 써요" in (await town.guest().get(f"/coupons/c/{campaign['id']}")).text
    assert "포장할 때만 써요" in (await town.guest().get(f"/storefront/shops/{town.foundation.shop}")).text
    await town.site.admin.execute(
        "update plugin_coupons.campaign set created_at = now() - interval '4 minutes' where id = $1", UUID(campaign["id"])
    )
    late = await merchant.post(f"/portal/coupons/campaigns/{campaign['id']}/undo", key=str(uuid4()))
    assert (late.status_code, "3분 안에" in sentence(late)) == (HTTPStatus.CONFLICT, True)
