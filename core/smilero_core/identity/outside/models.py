"""Providers of logins outside, the logins, and sign-ins on their way."""

from tortoise import fields
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class OutsideProviderRow(TenantModel):
    """Where a foundation's people may prove who they are, outside. Issuer and client never change: logins stand on them."""

    kind = fields.TextField()
    label = fields.TextField()
    issuer = fields.TextField()
    client_id = fields.TextField()
    secret_sealed = fields.BinaryField(null=True)
    own_callback = fields.BooleanField()
    enabled = fields.BooleanField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "outside_provider"


class OutsideLoginRow(TenantModel):
    """A provider's subject who is one of our people."""

    provider_id = fields.UUIDField()
    person_id = fields.UUIDField()
    subject_index = fields.BinaryField()
    subject_sealed = fields.BinaryField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "outside_login"


class OutsideAttemptRow(TenantModel):
    """A sign-in on its way to a provider and back, of one browser."""

    provider_id = fields.UUIDField()
    state_hash = fields.BinaryField()
    browser_hash = fields.BinaryField()
    held_sealed = fields.BinaryField()
    own_callback = fields.BooleanField()
    expires_at = fields.DatetimeField()
    returned_at = fields.DatetimeField(null=True)
    used_at = fields.DatetimeField(null=True)
    proved_at = fields.DatetimeField(null=True)
    proved_sealed = fields.BinaryField(null=True)

    class Meta:
        schema = "core"
        table = "outside_attempt"
