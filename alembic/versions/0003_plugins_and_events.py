"""Which plugins a foundation has on, what happened, and the answers that a repeated command gets again.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from smilero_sdk.migrations import create_index, create_tenant_table, drop_table, open_to_platform

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """The host writes these rows itself, never a plugin's role."""
    create_tenant_table(
        "plugin_activation",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        unique=[["plugin"]],
        access="select, insert, update",
    )
    open_to_platform("plugin_activation", "select, insert, update")
    create_tenant_table(
        "outbox",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        access="insert",
    )
    create_tenant_table(
        "idempotency",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        unique=[["caller", "operation", "key"]],
    )
    create_index("idempotency_created_idx", "idempotency", ["created_at"])


def downgrade() -> None:
    """Undo."""
    for table in ("idempotency", "outbox", "plugin_activation"):
        drop_table(table)
