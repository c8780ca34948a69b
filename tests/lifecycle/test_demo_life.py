"""The demo's past: the same each time, once, dated before today, and whole after a start that was killed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from smilero_core.db.session import Session
from smilero_core.identity.access import Access
from smilero_core.plugins.gate import switch
from smilero_core.plugins.host import PluginHost
from smilero_sdk.context import TenantContext
from smilero_sdk.demo import DemoLife
from smilero_sdk.errors import Problem
from smilero_sdk.hooks import hookimpl
from smilero_sdk.manifest import Plugin
from smilero_tenants.provisioning.life import DAYS, live_demo
from tests.lifecycle.conftest import House, opened
from tests.support.cluster import Cluster

HOST = PluginHost.discover()
KST = ZoneInfo("Asia/Seoul")
# A Thursday noon in Korea.
NOW = datetime(2026, 7, 16, 3, tzinfo=UTC)
TABLES = ("plugin_coupons.campaign", "plugin_coupons.claim", "plugin_coupons.redemption", "core.outbox")


@pytest.fixture
async def house(cluster: Cluster) -> AsyncIterator[House]:
    """Without a past yet."""
    async with cluster.database() as settings, opened(settings, HOST) as house:
        yield house


@pytest.fixture(scope="module")
async def lived(cluster: Cluster) -> AsyncIterator[House]:
    """With its past. Tests read it only."""
    async with cluster.database() as settings, opened(settings, HOST) as house:
        await house.live(NOW)
        yield house


async def counts(house: House) -> list[int]:
    return [await house.admin.fetchval(f"select count(*) from {table}") for table in TABLES]  # noqa: S608 - constants of this module


async def life_of(house: House) -> list[str]:
    """What happened, without what is made up anew each time: ids and the numbers to say at the till."""
    rows = await house.admin.fetch(
        """
        select t.slug, s.name as shop, k.kind, k.value, k.stock, k.per_person, k.claimed, k.redeemed, k.created_at, k.ends_at, p.name,
          c.nth, c.claimed_at, r.redeemed_at, w.name as till
        from plugin_coupons.campaign k join core.tenant t on t.id = k.tenant_id join core.shop s on s.id = k.shop_id
        left join plugin_coupons.claim c on c.campaign_id = k.id left join core.person p on p.id = c.person_id
        left join plugin_coupons.redemption r on r.claim_id = c.id left join core.person w on w.id = r.redeemed_by
        """
    )
    return sorted(str(dict(row)) for row in rows)


async def test_another_database_has_the_same_life(lived: House, house: House) -> None:
    await house.live(NOW)
    first = await life_of(lived)
    assert len(first) > 500
    assert await life_of(house) == first


async def test_a_second_start_does_nothing(lived: House) -> None:
    first = await counts(lived)
    assert min(first) > 0
    await lived.live(NOW + timedelta(days=1))
    assert await counts(lived) == first


async def test_everything_is_dated_in_the_sixty_days_before_today(lived: House) -> None:
    columns = ("campaign.created_at", "claim.claimed_at", "claim.redeemed_at", "redemption.redeemed_at")
    sql = " union all ".join(
        f"select {column.partition('.')[2]} as at, id, '{column}' as what from plugin_coupons.{column.partition('.')[0]}"  # noqa: S608 - constants of this module
        for column in columns
    )
    rows = await lived.admin.fetch(f"{sql} union all select occurred_at, id, 'event' from core.outbox")  # noqa: S608 - constants of this module
    days = {row["at"].astimezone(KST).date() for row in rows if row["at"]}
    assert (min(days), max(days)) == (date(2026, 5, 17), date(2026, 7, 15))
    assert len(days) == DAYS
    # An id begins with its moment, by which lists are ordered and the event log is divided.
    own = [row for row in rows if row["what"] != "claim.redeemed_at"]
    assert [row["what"] for row in own if abs((moment_of(row["id"]) - row["at"]).total_seconds()) > 0.001] == []


def moment_of(identifier: UUID) -> datetime:
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)


async def test_the_life_is_one_that_the_services_allow(lived: House) -> None:
    """Some open, some ended, some used and some not, and counters that agree with the rows."""
    rows = await lived.admin.fetch(
        """
        select k.*, (select count(*) from plugin_coupons.claim c where c.campaign_id = k.id) as claims,
          (select count(*) from plugin_coupons.redemption r where r.campaign_id = k.id) as redemptions from plugin_coupons.campaign k
        """
    )
    assert [row["id"] for row in rows if (row["claimed"], row["redeemed"]) != (row["claims"], row["redemptions"])] == []
    assert {row["ends_at"] > NOW for row in rows} == {True, False}
    assert 0 < sum(row["redeemed"] for row in rows) < sum(row["claimed"] for row in rows)
    late = "select count(*) from plugin_coupons.redemption r join plugin_coupons.campaign k on k.id = r.campaign_id where"
    assert await lived.admin.fetchval(f"{late} r.redeemed_at >= k.ends_at or r.redeemed_at < k.created_at") == 0


async def test_the_first_shop_has_something_to_tell_of_yesterday(lived: House) -> None:
    midnight = datetime(2026, 7, 16, tzinfo=KST)
    for foundation in lived.foundations:
        sql = "select count(*) from plugin_coupons.redemption where shop_id = $1 and redeemed_at >= $2 and redeemed_at < $3"
        yesterday, before = [
            await lived.admin.fetchval(sql, foundation.shop, midnight - timedelta(days=days), midnight - timedelta(days=days - 1))
            for days in (1, 2)
        ]
        assert yesterday > before > 0


class Died(Exception):  # noqa: N818 - what happened
    """In the middle."""


async def test_a_start_that_was_killed_is_made_good_by_the_next(house: House) -> None:
    def die(name: str, done: int, _: int) -> None:
        if done == DAYS // 2 and name.startswith("seongnam"):
            raise Died

    with pytest.raises(Problem) as stopped:
        await live_demo(house.database, house.services, Access(HOST.permissions), die, NOW)
    assert stopped.value.params["name"] == "coupons"
    per_tenant = "select distinct t.slug from plugin_coupons.campaign k join core.tenant t on t.id = k.tenant_id"
    assert [row["slug"] for row in await house.admin.fetch(per_tenant)] == ["bucheon"]
    whole = await life_of(house)
    await house.live(NOW)
    assert set(whole) < set(await life_of(house))
    assert len(await house.admin.fetch(per_tenant)) == 2


class Diary:
    """A plugin that notes whose life it was asked to make up."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[str] = []
        self._fails = fails

    @hookimpl
    async def provide_demo(self, ctx: TenantContext, life: DemoLife) -> None:
        self.asked.append(f"{ctx.tenant.slug} {len(life.days)} {len(life.shops)} {len(life.customers)}")
        past = life.at(datetime(2026, 6, 1, 3, tzinfo=UTC), life.merchant(life.shops[0]))
        assert (past.today, past.shop_id) == (date(2026, 6, 1), life.shops[0].id)
        assert past.actor.may("coupons.manage")
        if self._fails:
            raise RuntimeError


def with_diary(house: House, diary: Diary, owner: str, *, listed: bool = True) -> House:
    plugin = Plugin("diary", "tests", {"ko": "일기"}, {"ko": "일기"}, "1", diary, owner=owner)
    host = PluginHost([*HOST.plugins.values(), plugin], listed=["coupons", *(["diary"] if listed else []), "storefront"])
    gate = house.services.gate.__class__(house.database, host.listed)
    return replace(house, host=host, services=replace(house.services, host=host, gate=gate))


async def turn_on(house: House, plugin: str) -> None:
    async with house.database.unit(house.foundations[0].id) as unit:
        await switch(Session(unit), plugin, enabled=True)


async def turn_off_coupons(house: House) -> None:
    """Their life takes a while, and is not what is asked about."""
    for foundation in house.foundations:
        async with house.database.unit(foundation.id) as unit:
            await switch(Session(unit), "coupons", enabled=False)


async def test_a_plugin_that_comes_later_gets_its_past_where_it_is_on(house: House) -> None:
    await turn_off_coupons(house)
    diary = Diary()
    later = with_diary(house, diary, "Smilero")
    await later.live(NOW)
    assert diary.asked == []
    await turn_on(house, "diary")
    for _ in range(2):
        await later.live(NOW)
    assert diary.asked == ["seongnam 60 2 66"]


async def test_a_plugin_that_the_operator_does_not_list_is_not_asked(house: House) -> None:
    await turn_off_coupons(house)
    diary = Diary()
    await turn_on(house, "diary")
    await with_diary(house, diary, "Somebody else", listed=False).live(NOW)
    assert diary.asked == []


async def test_a_plugin_that_fails_stops_the_start_and_is_named(house: House) -> None:
    await turn_off_coupons(house)
    failing = with_diary(house, Diary(fails=True), "Smilero")
    await turn_on(house, "diary")
    with pytest.raises(Problem) as stopped:
        await failing.live(NOW)
    assert (stopped.value.code, stopped.value.params["name"]) == ("plugins.demo_failed", "diary")
