"""Campaigns, claims and redemptions of one tenant."""

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class Campaign(TenantModel):
    """What a shop gives: so much off, so often, until then. `claimed` and `redeemed` are its counters."""

    shop_id = fields.UUIDField()
    kind = fields.TextField()
    value = fields.IntField()
    stock = fields.IntField()
    per_person = fields.IntField()
    claimed = fields.IntField(db_default=0)
    redeemed = fields.IntField(db_default=0)
    ends_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "plugin_coupons"
        table = "campaign"


class Sheet(TenantModel):
    """Slips of paper of a campaign, made together."""

    campaign_id = fields.UUIDField()
    shop_id = fields.UUIDField()
    count = fields.IntField()
    created_by = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "plugin_coupons"
        table = "sheet"


class Claim(TenantModel):
    """A coupon in somebody's hand, the person's nth of the campaign, or on paper, the sheet's nth; with the number to say at the till."""

    campaign_id = fields.UUIDField()
    shop_id = fields.UUIDField()
    person_id = fields.UUIDField(null=True)
    sheet_id = fields.UUIDField(null=True)
    nth = fields.IntField()
    code = fields.TextField()
    claimed_at = fields.DatetimeField(db_default=Now())
    redeemed_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "plugin_coupons"
        table = "claim"


class Redemption(TenantModel):
    """A claim that was used at the till."""

    claim_id = fields.UUIDField()
    campaign_id = fields.UUIDField()
    shop_id = fields.UUIDField()
    redeemed_by = fields.UUIDField(null=True)
    redeemed_at = fields.DatetimeField(db_default=Now())
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "plugin_coupons"
        table = "redemption"
