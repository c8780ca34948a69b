"""Figures of the plugins, against a recount by hand."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import LookedAt
from tests.support.coupons import Till
from tests.support.faces import Town

MEASURES = "/api/v1/measures"
SEOUL = ZoneInfo("Asia/Seoul")
Figures = dict[tuple[str, str, str], int]


async def asked(town: Town, query: str = "", who: str = "owner") -> Any:  # noqa: ANN401 - JSON
    answer = await town.site.caller(town.foundation, who).get(f"{MEASURES}{query}")
    assert answer.status_code == HTTPStatus.OK, answer.text
    return answer.json()


async def live(town: Town, chance: Random) -> None:
    """Claims and redemptions at two shops, spread over three days around midnight, some undone."""
    till = Till(town.site, town.foundation)
    for who, shop in (("merchant", town.foundation.shop), ("other merchant", town.foundation.other_shop)):
        for changed in ({"value": 1500}, {"kind": "percent", "value": 10}):
            campaign = await till.campaign(who, shop_id=str(shop), per_person=20, **changed)
            for _ in range(8):
                claim = await till.claim(campaign, chance.choice(["customer", "other customer"]))
                at = datetime(2026, 3, 1, 14, 59, 59, tzinfo=UTC) + timedelta(seconds=chance.choice([0, 1, 2]), days=chance.randint(0, 2))
                await town.site.admin.execute("update plugin_coupons.claim set claimed_at = $2 where id = $1", claim["id"], at)
                if chance.random() < 0.7:
                    used = await till.redeem(claim["code"], who)
                    await town.site.admin.execute(
                        "update plugin_coupons.redemption set redeemed_at = $2, undone_at = $3 where id = $1",
                        used["id"],
                        at + timedelta(minutes=chance.choice([1, 1440])),
                        at if chance.random() < 0.2 else None,
                    )


async def recounted(town: Town) -> Figures:
    """The same, row by row in Python."""
    claims = await town.site.admin.fetch("select * from plugin_coupons.claim where tenant_id = $1", town.foundation.id)
    used = await town.site.admin.fetch("select * from plugin_coupons.redemption where tenant_id = $1", town.foundation.id)
    campaigns = {row["id"]: row for row in await town.site.admin.fetch("select * from plugin_coupons.campaign")}
    person = {row["id"]: row["person_id"] for row in claims}
    figures: Figures = defaultdict(int)
    people: dict[tuple[str, str], set[object]] = defaultdict(set)
    for row in claims:
        figures["issued", day(row["claimed_at"]), str(row["shop_id"])] += 1
    for row in used:
        if row["undone_at"] is None:
            place = (day(row["redeemed_at"]), str(row["shop_id"]))
            figures["used", *place] += 1
            people[place].add(person[row["claim_id"]])
            campaign = campaigns[row["campaign_id"]]
            if campaign["kind"] == "won":
                figures["given", *place] += campaign["value"]
    return figures | {("customers", *place): len(them) for place, them in people.items()}


def day(moment: datetime) -> str:
    return moment.astimezone(SEOUL).date().isoformat()


async def test_they_are_exact_and_of_this_foundation_only(town: Town, other: Town, looked_at: LookedAt) -> None:
    await live(town, Random(4))  # noqa: S311 - a seed, not a secret
    told = await asked(town, "?first=2026-02-20&last=2026-03-31")
    given: Figures = {(one["measure"], one["day"], one["shop_id"]): one["value"] for one in told["values"] if one["plugin"] == "coupons"}
    expected = await recounted(town)
    looked_at("figures", list(expected))
    assert given == expected
    assert len({one for _, one, _ in given}) >= 4, "days on both sides of midnight"
    # One day of them alone.
    one_day = await asked(town, "?first=2026-03-02&last=2026-03-02")
    assert {(one["measure"], one["day"], one["shop_id"]): one["value"] for one in one_day["values"]} == {
        key: value for key, value in expected.items() if key[1] == "2026-03-02"
    }
    assert (await asked(other, "?first=2026-02-20&last=2026-03-31"))["values"] == []


async def test_each_measure_has_its_title_and_unit(town: Town) -> None:
    told = await asked(town)
    assert told["missing"] == []
    assert {(one["plugin"], one["name"], one["unit"]) for one in told["measures"]} >= {
        ("coupons", "issued", "count"),
        ("coupons", "used", "count"),
        ("coupons", "customers", "people"),
        ("coupons", "given", "won"),
        ("example", "greetings", "count"),
    }
    assert all(not one["title"].startswith(one["plugin"]) for one in told["measures"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?first=2025-01-01&last=2026-02-04", HTTPStatus.OK),
        ("?first=2025-01-01&last=2026-02-05", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("?first=2026-02-05&last=2026-02-04", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("?first=yesterday", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("?last=0001-01-01", HTTPStatus.OK),
        ("?first=9999-12-31&last=9999-12-31", HTTPStatus.OK),
    ],
)
async def test_a_period_has_one_to_four_hundred_days(town: Town, query: str, status: int) -> None:
    assert (await town.site.caller(town.foundation, "owner").get(MEASURES + query)).status_code == status
    assert date(2026, 2, 4) - date(2025, 1, 1) == timedelta(days=399)


async def test_they_are_for_the_foundation(town: Town) -> None:
    for who, status in (("staff", HTTPStatus.OK), ("merchant", HTTPStatus.FORBIDDEN), ("officer", HTTPStatus.FORBIDDEN)):
        assert (await town.site.caller(town.foundation, who).get(MEASURES)).status_code == status
