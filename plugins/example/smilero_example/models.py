"""The plugin's tables. The migration says the same, with the tenant in every key."""

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class Greeting(TenantModel):
    """What a customer wrote. Without a person it came by the webhook, or the person has been erased and the text is empty."""

    shop_id = fields.UUIDField()
    person_id = fields.UUIDField(null=True)
    text = fields.TextField()
    outside_id = fields.TextField(null=True)
    thanked_at = fields.DatetimeField(null=True)
    hidden_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "plugin_example"
        table = "greeting"


class Book(TenantModel):
    """A shop's book: how many guests came with a coupon, as another plugin's events tell."""

    shop_id = fields.UUIDField()
    coupon_guests = fields.IntField(db_default=0)

    class Meta:
        schema = "plugin_example"
        table = "book"
