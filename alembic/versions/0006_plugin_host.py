"""What foundations and shops choose of plugins, how plugins fail, and who did what.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """A plugin that fails again and again rests until a time, for longer each time."""
    op.add_column("plugin_activation", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True), schema="core")
    op.add_column("plugin_activation", sa.Column("rest_seconds", sa.Integer(), nullable=False, server_default="0"), schema="core")
    op.add_column("plugin_activation", sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True), schema="core")
    create_tenant_table(
        "plugin_setting",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("chosen", JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        references=[Reference("shop_id", "core.shop")],
    )
    op.create_index(
        "plugin_setting_key",
        "plugin_setting",
        ["tenant_id", "plugin", "shop_id"],
        schema="core",
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    create_tenant_table(
        "plugin_opt_out",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        references=[Reference("shop_id", "core.shop")],
        unique=[["plugin", "shop_id"]],
    )
    create_tenant_table(
        "plugin_failure",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
    )
    create_index("plugin_failure_recent_idx", "plugin_failure", ["plugin", "failed_at"])
    _audit()


def _audit() -> None:
    create_tenant_table(
        "audit_entry",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("params", JSONB(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("before", JSONB(), nullable=True),
        sa.Column("after", JSONB(), nullable=True),
        references=[Reference("actor_id", "core.person")],
        # Append-only.
        access="select, insert",
    )
    create_index("audit_entry_at_idx", "audit_entry", ["at"])


def downgrade() -> None:
    """Undo."""
    for table in ("audit_entry", "plugin_failure", "plugin_opt_out", "plugin_setting"):
        drop_table(table)
    op.drop_column("plugin_activation", "recovered_at", schema="core")
    op.drop_column("plugin_activation", "rest_seconds", schema="core")
    op.drop_column("plugin_activation", "rests_until", schema="core")
