"""Where coupons touch the database. Reading is Tortoise's; what must be exact under load is SQL."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from asyncpg import Record
from tortoise.expressions import F
from tortoise.queryset import QuerySet

from smilero_coupons.models import Campaign, Claim, Redemption
from smilero_sdk.database import Database
from smilero_sdk.ids import uuid7
from smilero_sdk.tables import Found, Wanted, ordering

# What a table of campaigns may be sorted by.
_ORDER = {
    "shop": "s.name",
    "until": "c.ends_at",
    "stock": "c.stock",
    "claimed": "c.claimed",
    "redeemed": "c.redeemed",
    "made": "c.created_at",
}
_TABLE = """
    from plugin_coupons.campaign c join core.shop s on s.id = c.shop_id
    where ($1 = '' or position(lower($1) in lower(s.name)) > 0)
      and ($2 = '' or $2 = case when c.ends_at <= $3 then 'ended' when c.claimed < c.stock then 'open' else 'sold_out' end)
"""

_SECOND = timedelta(seconds=1)

Model = TypeVar("Model", Campaign, Claim, Redemption)


class CouponRepository:
    """Campaigns, claims and redemptions within one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add_campaign(self, campaign: Campaign) -> Campaign:
        """Write a new campaign and return it as the database has it."""
        await campaign.save(using_db=self._db.orm, force_create=True)
        return await Campaign.get(id=campaign.id, using_db=self._db.orm)

    async def campaign(self, campaign_id: UUID) -> Campaign | None:
        """One campaign."""
        return await Campaign.get_or_none(id=campaign_id, using_db=self._db.orm)

    async def open_campaigns(self, shop_id: UUID, now: datetime) -> list[Campaign]:
        """A shop's campaigns that can be claimed, those that end first in front."""
        rows = await Campaign.filter(shop_id=shop_id, ends_at__gt=now).using_db(self._db.orm).order_by("ends_at")
        return [row for row in rows if row.claimed < row.stock]

    async def count_open(self, now: datetime) -> int:
        """How many campaigns can be claimed."""
        return await Campaign.filter(ends_at__gt=now, claimed__lt=F("stock")).using_db(self._db.orm).count()

    async def some_open(self, now: datetime, offset: int, limit: int) -> list[Campaign]:
        """A part of the campaigns that can be claimed, oldest first."""
        query = Campaign.filter(ends_at__gt=now, claimed__lt=F("stock")).using_db(self._db.orm)
        return await query.order_by("id").offset(offset).limit(limit)

    async def last_campaign(self, shop_id: UUID) -> Campaign | None:
        """The one that a shop made last."""
        return await Campaign.filter(shop_id=shop_id).using_db(self._db.orm).order_by("-id").first()

    async def end_unclaimed(self, campaign_id: UUID, now: datetime) -> bool:
        """End a campaign unless somebody has claimed; whether it was ended."""
        ended = await self._db.execute(
            "update plugin_coupons.campaign set ends_at = $2 where id = $1 and claimed = 0 and ends_at > $2", campaign_id, now
        )
        return ended == 1

    async def own_claims(self, campaign_ids: Collection[UUID], person_id: UUID) -> list[Claim]:
        """A person's claims of these campaigns, oldest first."""
        return await Claim.filter(campaign_id__in=list(campaign_ids), person_id=person_id).using_db(self._db.orm).order_by("nth")

    async def claims_by(self, person_id: UUID) -> list[Record]:
        """Everything that somebody took, oldest first, with what it was and where."""
        return await self._db.fetch(
            """
            select c.claimed_at, c.redeemed_at, k.kind, k.value, s.name as shop
            from plugin_coupons.claim c join plugin_coupons.campaign k on k.id = c.campaign_id join core.shop s on s.id = c.shop_id
            where c.person_id = $1 order by c.id
            """,
            person_id,
        )

    async def give_back_open_claims(self, person_id: UUID) -> int:
        """Delete what somebody holds and has not used, and count it out; how many there were."""
        return await self._db.execute(
            """
            with given_back as (
              delete from plugin_coupons.claim where person_id = $1 and redeemed_at is null
                and not exists (select from plugin_coupons.redemption r where r.claim_id = claim.id)
              returning campaign_id
            ), counts as (select campaign_id, count(*)::int as number from given_back group by campaign_id)
            update plugin_coupons.campaign k set claimed = k.claimed - counts.number from counts where k.id = counts.campaign_id
            """,
            person_id,
        )

    async def redemptions_between(self, shop_id: UUID, since: datetime, until: datetime) -> int:
        """How many were used at a shop from `since` to `until`, both included."""
        query = Redemption.filter(shop_id=shop_id, redeemed_at__gte=since, redeemed_at__lte=until, undone_at=None)
        return await query.using_db(self._db.orm).count()

    async def days(self, shop_id: UUID, before: datetime, yesterday: datetime, today: datetime) -> Record:
        """Coupons used at a shop since three midnights, `before`, `yesterday`, `today`, each up to the next; `first`: its first coupon."""
        row = await self._db.fetch_row(
            """
            select count(*) filter (where redeemed_at < $3) as before,
              count(*) filter (where redeemed_at >= $3 and redeemed_at < $4) as yesterday,
              count(*) filter (where redeemed_at >= $4) as today,
              (select created_at from plugin_coupons.campaign where shop_id = $1 order by id limit 1) as first
            from plugin_coupons.redemption where shop_id = $1 and undone_at is null and redeemed_at >= $2
            """,
            shop_id,
            before,
            yesterday,
            today,
        )
        if row is None:
            msg = "an aggregate has a row"
            raise LookupError(msg)
        return row

    async def last_steps(self, shop_id: UUID, person_id: UUID, since: datetime, now: datetime) -> list[Record]:
        """Somebody's last coupon used, made and put on paper at a shop that can still be taken back: `what, id, at, kind, value`."""
        # Identifiers are in the order of time, so that the key's index leads to the last minutes alone.
        floor = uuid7(since - _SECOND)
        return await self._db.fetch(
            """
            (select 'redemptions' as what, r.id, r.redeemed_at as at, k.kind, k.value
             from plugin_coupons.redemption r join plugin_coupons.campaign k on k.id = r.campaign_id
             where r.id > $1 and r.shop_id = $2 and r.redeemed_by = $3 and r.undone_at is null and r.redeemed_at > $4
             order by r.id desc limit 1)
            union all
            (select 'campaigns', k.id, k.created_at, k.kind, k.value from plugin_coupons.campaign k
             where k.id > $1 and k.shop_id = $2 and k.created_by = $3 and k.claimed = 0 and k.created_at > $4 and k.ends_at > $5
             order by k.id desc limit 1)
            union all
            (select 'sheets', s.id, s.created_at, k.kind, k.value
             from plugin_coupons.sheet s join plugin_coupons.campaign k on k.id = s.campaign_id
             where s.id > $1 and s.shop_id = $2 and s.created_by = $3 and s.created_at > $4
               and not exists (select from plugin_coupons.claim c where c.sheet_id = s.id and c.redeemed_at is not null)
             order by s.id desc limit 1)
            """,
            floor,
            shop_id,
            person_id,
            since,
            now,
        )

    async def find_for_table(self, wanted: Wanted, now: datetime) -> Found:
        """Campaigns of shops whose name has a text (`q`), in a state (`state`), as a table wants them."""
        asked = (wanted.text("q"), wanted.text("state"), now)
        rows = await self._db.fetch(
            f"select c.id {_TABLE} order by {ordering(_ORDER, wanted, 'c.id')} offset $4 limit $5",
            *asked,
            wanted.offset,
            wanted.limit,
        )
        total = await self._db.fetch_value(f"select count(*) {_TABLE}", *asked)
        return Found([row["id"] for row in rows], int(str(total)))

    async def with_shops(self, campaign_ids: Collection[UUID]) -> list[tuple[str, Campaign]]:
        """These campaigns, each with its shop's name."""
        found = await self._db.fetch(
            "select c.id, s.name from plugin_coupons.campaign c join core.shop s on s.id = c.shop_id where c.id = any($1::uuid[])",
            list(campaign_ids),
        )
        return await self._with_names(found)

    async def find(self, shop: str, amount: int | None, shop_id: UUID | None, limit: int) -> list[tuple[str, Campaign]]:
        """Campaigns of an amount, or of shops whose name has a pattern (`smilero_sdk.finding`), each with the shop's name, newest first.

        Args:
            shop_id: of this shop only.
        """
        found = await self._db.fetch(
            """
            select c.id, s.name from plugin_coupons.campaign c join core.shop s on s.id = c.shop_id
            where (replace(lower(s.name), ' ', '') ~ $1 or c.value = $2) and ($3::uuid is null or c.shop_id = $3)
            order by c.id desc limit $4
            """,
            shop,
            amount,
            shop_id,
            limit,
        )
        return await self._with_names(found)

    async def figures(self, first: date, last: date, timezone: str) -> list[Record]:
        """By shop and calendar day, both ends included: `issued`, `used`, `customers` (different people), `given` (won)."""
        return await self._db.fetch(
            """
            with period as (
              select $1::date::timestamp at time zone $3 as since, ($2::date + 1)::timestamp at time zone $3 as until
            ), issued as (
              select shop_id, (claimed_at at time zone $3)::date as day, count(*) as issued
              from plugin_coupons.claim, period where claimed_at >= since and claimed_at < until group by 1, 2
            ), used as (
              select r.shop_id, (r.redeemed_at at time zone $3)::date as day, count(*) as used,
                count(distinct c.person_id) as customers, coalesce(sum(k.value) filter (where k.kind = 'won'), 0) as given
              from period, plugin_coupons.redemption r join plugin_coupons.claim c on c.id = r.claim_id
                join plugin_coupons.campaign k on k.id = r.campaign_id
              where r.undone_at is null and r.redeemed_at >= since and r.redeemed_at < until group by 1, 2
            )
            select shop_id, day, coalesce(issued, 0) as issued, coalesce(used, 0) as used, coalesce(customers, 0) as customers,
              coalesce(given, 0)::bigint as given
            from issued full join used using (shop_id, day) order by day, shop_id
            """,
            first,
            last,
            timezone,
        )

    async def lock_campaign(self, campaign_id: UUID) -> Record | None:
        """The campaign, held until the transaction ends: claims of one campaign go one by one, which makes its stock exact."""
        return await self._db.fetch_row("select * from plugin_coupons.campaign where id = $1 for no key update", campaign_id)

    async def claims_of(self, campaign_id: UUID, person_id: UUID) -> int:
        """How many a person took of a campaign."""
        count = await self._db.fetch_value(
            "select count(*) from plugin_coupons.claim where campaign_id = $1 and person_id = $2", campaign_id, person_id
        )
        return int(str(count))

    async def add_claim(self, claim: Claim) -> Claim | None:
        """Write a claim and count it, in one statement; None when another open claim, or a slip, of the shop has the code."""
        written = await self._db.execute(
            """
            with added as (
              insert into plugin_coupons.claim (id, campaign_id, shop_id, person_id, nth, code, claimed_at)
              values ($1, $2, $3, $4, $5, $6, $7)
              on conflict (tenant_id, shop_id, code) where redeemed_at is null or sheet_id is not null do nothing returning campaign_id
            )
            update plugin_coupons.campaign k set claimed = k.claimed + 1 from added where k.id = added.campaign_id
            """,
            claim.id,
            claim.campaign_id,
            claim.shop_id,
            claim.person_id,
            claim.nth,
            claim.code,
            claim.claimed_at,
        )
        return claim if written else None

    async def lock_claims(self, code: str, shop_ids: Collection[UUID] | None) -> list[Record]:
        """The claims that a number may stand for at these shops (None: any of the tenant's), held until the transaction ends.

        At most two, which is enough to know that it is not one: open claims come first, and a number is one shop's own;
        then the last one that had the number, so that the refusal can say what it was.
        """
        return await self._db.fetch(
            """
            select c.*, k.kind, k.value, k.ends_at
            from plugin_coupons.claim c join plugin_coupons.campaign k on k.id = c.campaign_id
            where c.code = $1 and ($2::uuid[] is null or c.shop_id = any($2::uuid[]))
            order by (c.redeemed_at is null) desc, c.claimed_at desc limit 2
            for no key update of c
            """,
            code,
            None if shop_ids is None else list(shop_ids),
        )

    async def add_redemption(self, claim: Record, redeemed_by: UUID | None, now: datetime) -> Redemption | None:
        """Mark the claim, count it and write the redemption, in one statement; None when the claim is used already."""
        redemption = Redemption(
            id=uuid7(now),
            claim_id=claim["id"],
            campaign_id=claim["campaign_id"],
            shop_id=claim["shop_id"],
            redeemed_by=redeemed_by,
            redeemed_at=now,
        )
        written = await self._db.execute(
            """
            with used as (
              update plugin_coupons.claim set redeemed_at = $3 where id = $2 and redeemed_at is null returning id, campaign_id, shop_id
            ), counted as (
              update plugin_coupons.campaign k set redeemed = k.redeemed + 1 from used where k.id = used.campaign_id returning k.id
            )
            insert into plugin_coupons.redemption (id, claim_id, campaign_id, shop_id, redeemed_by, redeemed_at)
            select $1, used.id, used.campaign_id, used.shop_id, $4, $3 from used join counted on counted.id = used.campaign_id
            """,
            redemption.id,
            claim["id"],
            now,
            redeemed_by,
        )
        return redemption if written else None

    async def undo_redemption(self, redemption_id: UUID, since: datetime, now: datetime) -> bool:
        """Give a claim and the count back, if the redemption is not older than `since`; whether it was undone."""
        undone = await self._db.execute(
            """
            with undone as (
              update plugin_coupons.redemption set undone_at = $3 where id = $1 and undone_at is null and redeemed_at > $2
              returning claim_id, campaign_id
            ), given as (
              update plugin_coupons.claim c set redeemed_at = null from undone where c.id = undone.claim_id returning c.campaign_id
            )
            update plugin_coupons.campaign k set redeemed = k.redeemed - 1 from given where k.id = given.campaign_id
            """,
            redemption_id,
            since,
            now,
        )
        return undone == 1

    async def claim(self, claim_id: UUID) -> Claim | None:
        """One claim."""
        return await Claim.get_or_none(id=claim_id, using_db=self._db.orm)

    async def redemption(self, redemption_id: UUID) -> Redemption | None:
        """One redemption."""
        return await Redemption.get_or_none(id=redemption_id, using_db=self._db.orm)

    async def campaigns_page(self, after: UUID | None, limit: int, shop_ids: Collection[UUID] | None) -> list[Campaign]:
        """Campaigns of these shops (None: all), newest first, from behind `after`."""
        return await _page(Campaign.all(), self._db, after, limit, shop_ids)

    async def claims_page(self, after: UUID | None, limit: int, shop_ids: Collection[UUID] | None, person_id: UUID | None) -> list[Claim]:
        """Claims of these shops, or of one person, newest first."""
        query = Claim.all() if person_id is None else Claim.filter(person_id=person_id)
        return await _page(query, self._db, after, limit, shop_ids)

    async def redemptions_page(self, after: UUID | None, limit: int, shop_ids: Collection[UUID] | None) -> list[Redemption]:
        """Redemptions at these shops, newest first."""
        return await _page(Redemption.all(), self._db, after, limit, shop_ids)

    async def _with_names(self, found: list[Record]) -> list[tuple[str, Campaign]]:
        rows = {row.id: row for row in await Campaign.filter(id__in=[row["id"] for row in found]).using_db(self._db.orm)}
        return [(row["name"], rows[row["id"]]) for row in found]


async def _page(query: QuerySet[Model], db: Database, after: UUID | None, limit: int, shops: Collection[UUID] | None) -> list[Model]:
    query = query.using_db(db.orm).order_by("-id").limit(limit)
    if after is not None:
        query = query.filter(id__lt=after)
    if shops is not None:
        query = query.filter(shop_id__in=list(shops))
    return await query
