"""What is known of files; their content is elsewhere.

Revision: 0007, after 0006
"""

import sqlalchemy as sa

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """A row is what makes an object a file: an object without one is swept."""
    create_tenant_table(
        "file",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        references=[Reference("created_by", "core.person")],
        access="select, insert, delete",
    )
    create_index("file_plugin_idx", "file", ["plugin"])


def downgrade() -> None:
    """Undo."""
    drop_table("file")
