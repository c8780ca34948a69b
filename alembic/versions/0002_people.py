"""People, what they are at a foundation, and their tokens for the API.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.binding import PLATFORM_ROLE
from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
ROLES = "('owner', 'staff', 'officer', 'merchant', 'clerk', 'customer')"


def upgrade() -> None:
    """Phones are sealed with the tenant's key and found by a blind index; names stay in clear under row security."""
    create_tenant_table(
        "person",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_tail_index", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        unique=[["phone_index"]],
        access="select, insert, update",
    )
    create_index("person_phone_tail_idx", "person", ["phone_tail_index"])
    _memberships()
    _tokens()


def _memberships() -> None:
    create_tenant_table(
        "membership",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("market_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"role in {ROLES}", name="membership_role_check"),
        sa.CheckConstraint("(role in ('merchant', 'clerk')) = (shop_id is not null)", name="membership_shop_check"),
        references=[
            Reference("person_id", "core.person"),
            Reference("shop_id", "core.shop"),
            Reference("market_id", "core.market"),
        ],
        access="select, insert, update",
    )
    op.create_index(
        "membership_current_key",
        "membership",
        ["tenant_id", "person_id", "role", "shop_id", "market_id"],
        schema="core",
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
        postgresql_nulls_not_distinct=True,
    )


def _tokens() -> None:
    create_tenant_table(
        "api_token",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"role in {ROLES}", name="api_token_role_check"),
        references=[Reference("person_id", "core.person")],
        unique=[["token_hash"]],
        access="select, insert, update",
    )
    op.create_table(
        "operator_token",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        schema="core",
    )
    op.execute(f"grant select, insert, update on core.operator_token to {PLATFORM_ROLE}")


def downgrade() -> None:
    """Undo, the referring tables first."""
    for table in ("operator_token", "api_token", "membership", "person"):
        drop_table(table)
