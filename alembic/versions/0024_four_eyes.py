"""Four eyes: which commands a foundation wants a second person for, and those that wait for one.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
STATES = "'waiting', 'done', 'refused', 'failed', 'withdrawn', 'expired', 'void'"


def upgrade() -> None:
    """Whoever writes a row: nobody confirms what he asked for, nor what was asked for in his name, and nothing waits beyond a week."""
    create_tenant_table(
        "approval_choice",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        unique=[["plugin", "name"]],
        access="select, insert, delete",
    )
    create_tenant_table(
        "approval",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_as", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("helping_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("outcome", JSONB(), nullable=True),
        sa.CheckConstraint(f"state in ({STATES})", name="approval_state_check"),
        sa.CheckConstraint("(state = 'waiting') = (decided_at is null)", name="approval_decided_check"),
        sa.CheckConstraint("state not in ('done', 'failed', 'refused') or decided_by is not null", name="approval_decider_check"),
        sa.CheckConstraint("decided_by is null or state = 'withdrawn' or decided_by <> asked_by", name="approval_other_check"),
        sa.CheckConstraint("decided_by is null or state = 'withdrawn' or decided_by <> on_behalf_of", name="approval_principal_check"),
        sa.CheckConstraint("expires_at <= asked_at + interval '7 days'", name="approval_expires_check"),
        references=[
            Reference("asked_by", "core.person"),
            Reference("on_behalf_of", "core.person"),
            Reference("decided_by", "core.person"),
            Reference("helping_id", "core.helper"),
            Reference("client_id", "core.oauth_client"),
            Reference("shop_id", "core.shop"),
        ],
    )
    create_index("approval_waiting_idx", "approval", ["asked_at"], where="state = 'waiting'")


def downgrade() -> None:
    """Undo."""
    drop_table("approval")
    drop_table("approval_choice")
