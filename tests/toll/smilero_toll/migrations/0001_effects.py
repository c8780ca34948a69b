"""What the handlers did, so that what was lost or done twice can be counted.

Revision: 0001, the first
"""

import sqlalchemy as sa

from smilero_sdk.migrations import create_tenant_table, drop_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tenant_table(
        "effect",
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    )


def downgrade() -> None:
    drop_table("effect")
