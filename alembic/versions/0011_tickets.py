"""Tickets, by which somebody goes on at another host.

Revision: 0011, after 0010
"""

import sqlalchemy as sa

from smilero_sdk.migrations import create_tenant_table, drop_table

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A ticket belongs to the tenant whose host takes it; only its hash is kept, and what it holds is sealed."""
    create_tenant_table(
        "ticket",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("held_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        unique=[["token_hash"]],
        access="select, insert, update",
    )


def downgrade() -> None:
    """Undo."""
    drop_table("ticket")
