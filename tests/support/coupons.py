"""Coupons made over the API, for tests that need one to begin with."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from tests.support.application import Site
from tests.support.foundations import Foundation
from tests.support.web import Caller

CAMPAIGNS = "/api/v1/coupons/campaigns"
CLAIMS = "/api/v1/coupons/claims"
REDEMPTIONS = "/api/v1/coupons/redemptions"

Row = dict[str, Any]


def campaign_body(shop: UUID, **changed: object) -> Row:
    """A valid body; nothing but what is named differs."""
    ends = datetime.now(UTC) + timedelta(days=7)
    return {"shop_id": str(shop), "kind": "won", "value": 1000, "stock": 100, "per_person": 1, "ends_at": ends.isoformat()} | changed


def claims_of(campaign: Row) -> str:
    """The address at which a campaign is claimed."""
    return f"{CAMPAIGNS}/{campaign['id']}/claims"


@dataclass(frozen=True)
class Till:
    """Coupons of a foundation's first shop."""

    site: Site
    foundation: Foundation

    def caller(self, who: str | None, *, process: int = 0) -> Caller:
        """Somebody of the cast at the foundation's host."""
        return self.site.caller(self.foundation, who, process=process)

    async def campaign(self, who: str = "merchant", **changed: object) -> Row:
        """A new one, of the first shop unless another is named."""
        answer = await self.caller(who).post(CAMPAIGNS, campaign_body(self.foundation.shop, **changed))
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        return dict(answer.json())

    async def claim(self, campaign: Row, who: str = "customer") -> Row:
        """A coupon in somebody's hand."""
        answer = await self.caller(who).post(claims_of(campaign))
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        return dict(answer.json())

    async def redeem(self, code: str, who: str = "merchant") -> Row:
        """A coupon used."""
        answer = await self.caller(who).post(REDEMPTIONS, {"code": code}, key=str(uuid4()))
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        return dict(answer.json())

    async def counted(self, campaign: Row) -> tuple[int, int, int, int]:
        """What the tables say of a campaign: its counters of claims and redemptions, and the rows of each."""
        row = await self.site.admin.fetchrow(
            """select claimed, redeemed, (select count(*) from plugin_coupons.claim where campaign_id = k.id),
                 (select count(*) from plugin_coupons.redemption where campaign_id = k.id)
               from plugin_coupons.campaign k where id = $1""",
            UUID(campaign["id"]),
        )
        return (row[0], row[1], row[2], row[3]) if row else (0, 0, 0, 0)

    async def end(self, campaign: Row) -> None:
        """Let a campaign be over."""
        await self.site.admin.execute(
            "update plugin_coupons.campaign set ends_at = now() - interval '1 second' where id = $1", UUID(campaign["id"])
        )
