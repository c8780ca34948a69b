"""How long personal data stays: what a night's job has removed, and the right to remove it.

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.binding import APP_ROLE
from smilero_sdk.migrations import create_tenant_table, drop_table

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# What ends by its age, and nothing refers to but what ends with it.
_ENDS = ("session", "api_token", "ticket", "oauth_grant")


def upgrade() -> None:
    """A count is written with each batch, so that a killed run has removed what is counted."""
    create_tenant_table(
        "retention_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("removed", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        unique=[["day", "rule"]],
        access="select, insert, update, delete",
    )
    for table in _ENDS:
        op.execute(f"grant delete on core.{table} to {APP_ROLE}")


def downgrade() -> None:
    """Undo."""
    for table in _ENDS:
        op.execute(f"revoke delete on core.{table} from {APP_ROLE}")
    drop_table("retention_count")
