"""Notes about shops, and their lines.

Revision: 0001, the first
"""

import sqlalchemy as sa

from smilero_sdk.migrations import Reference, create_tenant_table, drop_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tenant_table(
        "note",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        references=[Reference("shop_id", "core.shop")],
        unique=[["title"]],
    )
    create_tenant_table(
        "line",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        references=[Reference("note_id", "plugin_probe.note", on_delete="cascade")],
    )


def downgrade() -> None:
    for table in ("line", "note"):
        drop_table(table)
