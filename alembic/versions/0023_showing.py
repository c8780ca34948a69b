"""What a merchant shows of her screen to somebody of the foundation.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """A code is good for ten minutes and what it opens for fifteen, whoever writes it; and nobody watches oneself."""
    create_tenant_table(
        "showing",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "until <= case when allowed_at is null then created_at + interval '10 minutes' else allowed_at + interval '15 minutes' end",
            name="showing_until_check",
        ),
        sa.CheckConstraint("allowed_at is null or staff_id is not null", name="showing_allowed_check"),
        sa.CheckConstraint("staff_id <> merchant_id", name="showing_staff_check"),
        references=[
            Reference("merchant_id", "core.person"),
            Reference("session_id", "core.session"),
            Reference("staff_id", "core.person"),
        ],
        access="select, insert, update",
    )
    # Two taps make one code.
    create_index("showing_open_key", "showing", ["session_id"], where="ended_at is null", unique=True)
    op.add_column("session", sa.Column("watching_id", sa.Uuid(), nullable=True), schema="core")
    op.create_foreign_key(
        "session_watching_id_fkey",
        "session",
        "showing",
        ["tenant_id", "watching_id"],
        ["tenant_id", "id"],
        source_schema="core",
        referent_schema="core",
        ondelete="restrict",
    )
    create_index("session_watching_id_idx", "session", ["watching_id"], where="watching_id is not null")


def downgrade() -> None:
    """Undo."""
    op.drop_column("session", "watching_id", schema="core")
    drop_table("showing")
