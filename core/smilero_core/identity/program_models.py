"""Programs outside, what they were granted, and their tokens."""

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import Now

from smilero_sdk.models import TenantModel


class OAuthClientRow(TenantModel):
    """A program outside that the foundation lets in: with a secret, of which the hash is kept, or a public one without."""

    name = fields.TextField()
    redirect_uris: Any = ArrayField(element_type="text")
    scopes: Any = ArrayField(element_type="text")
    secret_hash = fields.BinaryField(null=True)
    unattended = fields.BooleanField()
    created_at = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "oauth_client"


class OAuthGrantRow(TenantModel):
    """What a person allowed a program to do in her name; without a person, what it may do by itself. Its tokens are one family."""

    client_id = fields.UUIDField()
    person_id = fields.UUIDField(null=True)
    role = fields.TextField()
    scopes: Any = ArrayField(element_type="text")
    redirect_uri = fields.TextField(null=True)
    code_hash = fields.BinaryField(null=True)
    code_challenge = fields.TextField(null=True)
    code_expires_at = fields.DatetimeField(null=True)
    code_used_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "oauth_grant"


class OAuthTokenRow(TenantModel):
    """An access or refresh token of a grant; a refresh token is used once."""

    grant_id = fields.UUIDField()
    kind = fields.TextField()
    token_hash = fields.BinaryField()
    scopes: Any = ArrayField(element_type="text")
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "oauth_token"
