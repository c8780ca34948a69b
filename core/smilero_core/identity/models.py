"""People and what they may do. Phones are sealed; see `vault.py`."""

from typing import Any

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from smilero_sdk.ids import uuid7
from smilero_sdk.models import TenantModel


class PersonRow(TenantModel):
    """A verified phone within one tenant."""

    name = fields.TextField()
    phone_sealed = fields.BinaryField(null=True)
    phone_index = fields.BinaryField(null=True)
    phone_tail_index = fields.BinaryField(null=True)
    language = fields.TextField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "person"


class MembershipRow(TenantModel):
    """A role of a person: at a shop for merchants and clerks, at a market for officers, else at the foundation."""

    person_id = fields.UUIDField()
    role = fields.TextField()
    shop_id = fields.UUIDField(null=True)
    market_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "membership"


class PermissionChoiceRow(TenantModel):
    """What a foundation says otherwise of a right of a role, or of one person of its staff."""

    role = fields.TextField()
    person_id = fields.UUIDField(null=True)
    permission = fields.TextField()
    allowed = fields.BooleanField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "permission_choice"


class ApiTokenRow(TenantModel):
    """A bearer token of a person in one role; only its hash is kept. Without scopes it may what the role may."""

    person_id = fields.UUIDField()
    role = fields.TextField()
    name = fields.TextField(db_default="")
    scopes: Any = ArrayField(element_type="text", null=True)
    last_used_on = fields.DateField(null=True)
    token_hash = fields.BinaryField()
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "api_token"


class OperatorTokenRow(Model):
    """A bearer token of the platform's operator."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    token_hash = fields.BinaryField()
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "operator_token"


class SessionRow(TenantModel):
    """A browser that signed in, at the shop that it works for just now."""

    person_id = fields.UUIDField()
    shop_id = fields.UUIDField(null=True)
    token_hash = fields.BinaryField()
    device = fields.TextField(db_default="")
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    factor_at = fields.DatetimeField(null=True)
    helping_id = fields.UUIDField(null=True)
    watching_id = fields.UUIDField(null=True)

    class Meta:
        schema = "core"
        table = "session"


class SignInCodeRow(TenantModel):
    """A six-digit code on its way to a phone, good for one device."""

    phone_index = fields.BinaryField()
    phone_sealed = fields.BinaryField()
    device_hash = fields.BinaryField()
    code_hash = fields.BinaryField()
    link_hash = fields.BinaryField(null=True)
    next_path = fields.TextField(db_default="/")
    tries = fields.IntField(db_default=0)
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "sign_in_code"


class InvitationRow(TenantModel):
    """A role at a shop, a market or the foundation, offered to a number by a link that was sent to it; only the link's hash is kept."""

    phone_index = fields.BinaryField()
    phone_sealed = fields.BinaryField()
    name = fields.TextField()
    role = fields.TextField()
    shop_id = fields.UUIDField(null=True)
    market_id = fields.UUIDField(null=True)
    token_hash = fields.BinaryField()
    invited_by = fields.UUIDField()
    created_at = fields.DatetimeField(db_default=Now())
    sent_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    used_by = fields.UUIDField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "invitation"


class HelperRow(TenantModel):
    """A merchant's leave for somebody to act for her at one shop: offered to a number, taken by a person, for a time.

    Number and link are there until it is taken; of the link only the hash. `relation` is a word of a list, `limits` of `Lent`.
    """

    merchant_id = fields.UUIDField()
    shop_id = fields.UUIDField()
    relation = fields.TextField()
    limits = fields.TextField()
    phone_index = fields.BinaryField(null=True)
    phone_sealed = fields.BinaryField(null=True)
    token_hash = fields.BinaryField(null=True)
    person_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    taken_at = fields.DatetimeField(null=True)
    until = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "helper"


class ShowingRow(TenantModel):
    """A merchant's screen that she shows to somebody of the foundation.

    Its code is made of its id and stands nowhere. `session_id` is hers, until the nightly job lets the session go. `until`: of the code,
    before she allows it; of the showing, after.
    """

    merchant_id = fields.UUIDField()
    session_id = fields.UUIDField(null=True)
    path = fields.TextField()
    staff_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    allowed_at = fields.DatetimeField(null=True)
    until = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "showing"


class TicketRow(TenantModel):
    """Leave to go on at this tenant's host, for one use within seconds; only its hash is kept."""

    purpose = fields.TextField()
    token_hash = fields.BinaryField()
    held_sealed = fields.BinaryField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "ticket"


class SecondFactorRow(TenantModel):
    """Somebody's authenticator app, if any, and how often codes were tried."""

    person_id = fields.UUIDField()
    app_sealed = fields.BinaryField(null=True)
    app_step = fields.BigIntField(db_default=0)
    app_since = fields.DatetimeField(null=True)
    tries = fields.IntField(db_default=0)
    tries_since = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "second_factor"


class RecoveryCodeRow(TenantModel):
    """A code on paper for whoever has lost the second factor; only its hash is kept."""

    person_id = fields.UUIDField()
    code_hash = fields.BinaryField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "recovery_code"


class PasskeyRow(TenantModel):
    """The public half of a passkey, good at the hosts of this tenant alone."""

    person_id = fields.UUIDField()
    credential_id = fields.BinaryField()
    public_key = fields.BinaryField()
    sign_count = fields.BigIntField()
    name = fields.TextField()
    created_at = fields.DatetimeField(db_default=Now())
    used_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "passkey"


class PasskeyChallengeRow(TenantModel):
    """What a passkey has to sign, for one use within minutes by the browser that asked for it."""

    challenge_hash = fields.BinaryField()
    bound_to = fields.BinaryField()
    expires_at = fields.DatetimeField()

    class Meta:
        schema = "core"
        table = "passkey_challenge"


class AccountLinkRow(Model):
    """Two accounts of one person at two foundations: ids, and nothing that says who it is."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    one_tenant = fields.UUIDField()
    one_person = fields.UUIDField()
    other_tenant = fields.UUIDField()
    other_person = fields.UUIDField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        schema = "core"
        table = "account_link"


class RetentionCountRow(TenantModel):
    """How many rows a rule of retention removed on a day; `told_at` is when the audit log was told."""

    day = fields.DateField()
    rule = fields.TextField()
    removed = fields.BigIntField()
    told_at = fields.DatetimeField(null=True)

    class Meta:
        schema = "core"
        table = "retention_count"
