"""Markets and shops of a foundation: the shared registry that every plugin may read."""

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class MarketRow(TenantModel):
    """A market, as the national standard file or the foundation tells it."""

    natural_key = fields.TextField()
    name = fields.TextField()
    kind = fields.TextField()
    road_address = fields.TextField()
    lot_address = fields.TextField()
    market_days = fields.TextField()
    latitude = fields.FloatField(null=True)
    longitude = fields.FloatField(null=True)
    stated_shops = fields.IntField(null=True)
    goods: Any = ArrayField(element_type="text")
    vouchers: Any = ArrayField(element_type="text")
    homepage = fields.TextField()
    phone = fields.TextField()
    toilet = fields.BooleanField(null=True)
    parking = fields.BooleanField(null=True)
    opened_year = fields.IntField(null=True)
    data_date = fields.DateField(null=True)
    provider = fields.TextField()
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "market"


class MarketDayException(TenantModel):
    """A day on which a market is open or closed against its own rule."""

    market_id = fields.UUIDField()
    day = fields.DateField()
    open = fields.BooleanField()

    class Meta:
        schema = "core"
        table = "market_day_exception"


class ShopRow(TenantModel):
    """A shop at its stall. One that left keeps its row."""

    market_id = fields.UUIDField()
    name = fields.TextField()
    stall = fields.TextField()
    category = fields.TextField()
    goods = fields.TextField()
    business_number = fields.TextField(null=True)
    phone = fields.TextField()
    status = fields.TextField()
    created_at = fields.DatetimeField(db_default=Now())
    updated_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "shop"
