"""What the plugin tells others."""

from uuid import UUID

from smilero_sdk.events import Event


class CampaignCreated(Event, name="campaign_created"):
    """A shop gives something."""

    campaign_id: UUID
    shop_id: UUID


class CampaignUndone(Event, name="campaign_undone"):
    """It was a mistake, and nobody had claimed yet."""

    campaign_id: UUID
    shop_id: UUID


class SlipsMade(Event, name="slips_made"):
    """A shop has so many of a campaign on paper."""

    campaign_id: UUID
    sheet_id: UUID
    shop_id: UUID
    count: int


class Claimed(Event, name="claimed"):
    """A customer took one."""

    campaign_id: UUID
    claim_id: UUID
    shop_id: UUID


class Redeemed(Event, name="redeemed"):
    """The till used one."""

    campaign_id: UUID
    claim_id: UUID
    shop_id: UUID
    redemption_id: UUID


class RedemptionUndone(Event, name="redemption_undone"):
    """That was a mistake; the customer has the coupon again."""

    campaign_id: UUID
    claim_id: UUID
    shop_id: UUID
    redemption_id: UUID


ALL = (CampaignCreated, CampaignUndone, SlipsMade, Claimed, Redeemed, RedemptionUndone)
