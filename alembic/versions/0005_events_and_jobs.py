"""The event log, what was handled of it, and what is done later and by the clock.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from smilero_sdk.migrations import create_index, create_tenant_table, drop_table, open_to_platform

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """The platform's relay moves events from the outbox to the log and makes the jobs that deliver them."""
    # To update none: whoever locks rows needs the right.
    open_to_platform("outbox", "select, update, delete")
    create_tenant_table(
        "event_log",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        access="select",
        # By id, which begins with the time (RFC 9562 §5.7); `db/partitions.py` makes a partition a month.
        partition_by="range (id)",
    )
    open_to_platform("event_log", "select, insert")
    create_index("event_log_name_idx", "event_log", ["name", "version", "id"])
    create_tenant_table(
        "inbox",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        unique=[["plugin", "handler", "event_id"]],
    )
    _jobs()


def _jobs() -> None:
    create_tenant_table(
        "job",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, server_default="queued"),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("kind in ('job', 'delivery', 'schedule')", name="job_kind_check"),
        sa.CheckConstraint("state in ('queued', 'dead')", name="job_state_check"),
        sa.CheckConstraint("(kind = 'delivery') = (event_id is not null)", name="job_event_check"),
    )
    open_to_platform("job", "select, insert")
    # By plugin, so that one plugin's hundred thousand jobs do not stand before another's, nor those of one that is off.
    create_index("job_due_idx", "job", ["plugin", "run_at"], where="state = 'queued'")
    create_index("job_dead_idx", "job", ["plugin"], where="state = 'dead'")
    create_index("job_key_key", "job", ["plugin", "name", "key"], where="state = 'queued' and key is not null", unique=True)
    create_tenant_table(
        "schedule",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        unique=[["plugin", "name"]],
    )
    open_to_platform("schedule", "select, insert, update")
    # What is due is asked across tenants, by the platform's clock.
    op.create_index("schedule_next_idx", "schedule", ["next_at"], schema="core")


def downgrade() -> None:
    """Undo."""
    for table in ("schedule", "job", "inbox", "event_log"):
        drop_table(table)
    op.execute("drop policy platform on core.outbox")
    op.execute("revoke all on core.outbox from smilero_platform")
