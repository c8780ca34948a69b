"""Greetings and books.

Revision: 0001, the first
"""

import sqlalchemy as sa

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """The helper gives each table its tenant, keys, row security and grants. References lead to the core's tables only."""
    create_tenant_table(
        "greeting",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outside_id", sa.Text(), nullable=True),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        references=[Reference("shop_id", "core.shop"), Reference("person_id", "core.person")],
        unique=[["outside_id"]],
    )
    create_index("greeting_created_at_idx", "greeting", ["created_at"])
    create_tenant_table(
        "book",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("coupon_guests", sa.Integer(), nullable=False, server_default="0"),
        references=[Reference("shop_id", "core.shop")],
        unique=[["shop_id"]],
    )


def downgrade() -> None:
    """Undo."""
    for table in ("book", "greeting"):
        drop_table(table)
