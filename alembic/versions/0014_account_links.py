"""Accounts of one person at two foundations, linked.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.binding import PLATFORM_ROLE

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """A platform table: it belongs to two foundations, so to none, and holds ids alone. An ended link is a row that is gone."""
    op.create_table(
        "account_link",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("one_tenant", sa.Uuid(), sa.ForeignKey("core.tenant.id"), nullable=False),
        sa.Column("one_person", sa.Uuid(), nullable=False),
        sa.Column("other_tenant", sa.Uuid(), sa.ForeignKey("core.tenant.id"), nullable=False),
        sa.Column("other_person", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        # Of two foundations the one with the lower id stands first, so that a link has one form only.
        sa.CheckConstraint("one_tenant < other_tenant", name="account_link_order_check"),
        sa.UniqueConstraint("one_tenant", "one_person", "other_tenant", name="account_link_one_key"),
        sa.UniqueConstraint("other_tenant", "other_person", "one_tenant", name="account_link_other_key"),
        schema="core",
    )
    op.execute(f"grant select, insert, delete on core.account_link to {PLATFORM_ROLE}")


def downgrade() -> None:
    """Undo."""
    op.drop_table("account_link", schema="core")
