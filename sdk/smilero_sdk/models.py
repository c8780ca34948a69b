"""Base models. The model says `id` is the key because Tortoise has no composite keys; the migration says `(tenant_id, id)`."""

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault
from tortoise.models import Model

from smilero_sdk.binding import BOUND_TENANT
from smilero_sdk.ids import uuid7


class TenantModel(Model):
    """A row of one tenant. Read and write it with `using_db(ctx.db.orm)`; row security adds the tenant."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    # Left to the database, which knows the tenant that the transaction is bound to.
    tenant_id: Any = fields.UUIDField(db_default=SqlDefault(BOUND_TENANT))

    class Meta:
        abstract = True
