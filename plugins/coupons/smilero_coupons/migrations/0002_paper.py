"""Coupons on paper: sheets of slips, each slip a claim in nobody's hand, with a number of its own.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.migrations import Reference, add_column, create_index, create_tenant_table, current_schema, drop_column, drop_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
_OPEN = "redeemed_at is null"
# A used slip still shows its number: nobody else's coupon may ever have it, or it would be used by it.
_OPEN_OR_PAPER = "redeemed_at is null or sheet_id is not null"


def upgrade() -> None:
    """A claim is somebody's or stands on a sheet."""
    create_tenant_table(
        "sheet",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("count > 0", name="sheet_count_check"),
        references=[
            Reference("campaign_id", "plugin_coupons.campaign"),
            Reference("shop_id", "core.shop"),
            Reference("created_by", "core.person"),
        ],
    )
    add_column("claim", sa.Column("sheet_id", sa.Uuid(), nullable=True), reference=Reference("sheet_id", "plugin_coupons.sheet"))
    op.alter_column("claim", "person_id", nullable=True, schema=current_schema())
    op.create_check_constraint("claim_holder_check", "claim", "num_nonnulls(person_id, sheet_id) = 1", schema=current_schema())
    _number_key(_OPEN_OR_PAPER)


def downgrade() -> None:
    """As before. It stops while there are slips: nobody held them, and they would have to be somebody's."""
    op.alter_column("claim", "person_id", nullable=False, schema=current_schema())
    _number_key(_OPEN)
    op.drop_constraint("claim_holder_check", "claim", schema=current_schema())
    drop_column("claim", "sheet_id")
    drop_table("sheet")


def _number_key(where: str) -> None:
    op.drop_index("claim_open_code_key", "claim", schema=current_schema())
    create_index("claim_open_code_key", "claim", ["shop_id", "code"], where=where, unique=True)
