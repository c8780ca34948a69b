"""What is taken in from sheets: a run each, looked at before anything of it is kept.

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from smilero_sdk.migrations import Reference, create_tenant_table, drop_table

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ZERO = sa.text("0")


def upgrade() -> None:
    """The file stays until it was read, the plan until it was carried out; both are too short-lived for the store of files."""
    create_tenant_table(
        "import_run",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *map(_count, ("total", "seen", "added", "changed", "same", "refused")),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("plan", JSONB(), nullable=True),
        sa.Column("faults", JSONB(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('reading', 'checked', 'refused', 'unreadable', 'writing', 'done', 'stale')", name="import_run_state_check"
        ),
        references=[Reference("market_id", "core.market"), Reference("created_by", "core.person")],
        access="select, insert, update",
    )


def _count(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=_ZERO)


def downgrade() -> None:
    """Undo."""
    drop_table("import_run")
