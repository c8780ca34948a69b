"""Where slips of paper touch the database."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from smilero_coupons.models import Sheet
from smilero_sdk.database import Database
from smilero_sdk.ids import uuid7


class SheetRepository:
    """Sheets of slips within one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, sheet: Sheet) -> None:
        """Write a new one, yet without slips."""
        await sheet.save(using_db=self._db.orm, force_create=True)

    async def sheet(self, sheet_id: UUID) -> Sheet | None:
        """One sheet."""
        return await Sheet.get_or_none(id=sheet_id, using_db=self._db.orm)

    async def of_campaign(self, campaign_id: UUID) -> list[Record]:
        """The sheets of a campaign, newest first: `id, count, used, created_at`."""
        return await self._db.fetch(
            """
            select s.id, s.count, s.created_at,
              (select count(*) from plugin_coupons.claim c where c.sheet_id = s.id and c.redeemed_at is not null) as used
            from plugin_coupons.sheet s where s.campaign_id = $1 order by s.id desc
            """,
            campaign_id,
        )

    async def unused(self, sheet_id: UUID) -> list[str]:
        """The numbers of the slips that were not used yet, in their order."""
        rows = await self._db.fetch(
            "select code from plugin_coupons.claim where sheet_id = $1 and redeemed_at is null order by nth", sheet_id
        )
        return [row["code"] for row in rows]

    async def add_slips(self, sheet: Sheet, codes: Sequence[str], first: int, now: datetime) -> int:
        """Write slips with those of the numbers that no open claim and no slip of the shop has, and count them; how many were written.

        Args:
            first: the place of the first one on the sheet.
        """
        return int(
            str(
                await self._db.fetch_value(
                    """
                    with added as (
                      insert into plugin_coupons.claim (id, campaign_id, shop_id, sheet_id, nth, code, claimed_at)
                      select one.id, $3::uuid, $4::uuid, $5::uuid, ($6::int + one.place - 1)::int, one.code, $7::timestamptz
                      from unnest($1::uuid[], $2::text[]) with ordinality one (id, code, place)
                      on conflict (tenant_id, shop_id, code) where redeemed_at is null or sheet_id is not null do nothing returning 1
                    ), counted as (
                      update plugin_coupons.campaign set claimed = claimed + (select count(*)::int from added) where id = $3
                    )
                    select count(*) from added
                    """,
                    [uuid7(now) for _ in codes],
                    list(codes),
                    sheet.campaign_id,
                    sheet.shop_id,
                    sheet.id,
                    first,
                    now,
                )
            )
        )

    async def take_back(self, sheet_id: UUID, since: datetime) -> bool:
        """Delete a sheet's slips and count them out, if none was ever used and it is not older than `since`; whether they were."""
        return bool(
            await self._db.fetch_value(
                """
                with one as (
                  select s.id, s.campaign_id from plugin_coupons.sheet s where s.id = $1 and s.created_at > $2
                    and not exists (select from plugin_coupons.claim c where c.sheet_id = s.id and c.redeemed_at is not null)
                    and not exists (select from plugin_coupons.redemption r join plugin_coupons.claim c on c.id = r.claim_id
                                    where c.sheet_id = s.id)
                ), slips as (
                  delete from plugin_coupons.claim c using one where c.sheet_id = one.id returning c.campaign_id
                )
                update plugin_coupons.campaign k set claimed = k.claimed - (select count(*)::int from slips)
                from one where k.id = one.campaign_id returning true
                """,
                sheet_id,
                since,
            )
        )

    async def forget(self, sheet_id: UUID) -> None:
        """Delete a sheet that has no slips any more."""
        await self._db.execute("delete from plugin_coupons.sheet where id = $1", sheet_id)

    async def lock_slips(self, sheet_id: UUID) -> None:
        """Hold a sheet's slips until the transaction ends, so that no till uses one meanwhile."""
        await self._db.execute("select from plugin_coupons.claim where sheet_id = $1 order by id for update", sheet_id)
