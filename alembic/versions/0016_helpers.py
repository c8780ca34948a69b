"""Who helps a merchant for a time, and for whom an act was done.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
# (table, column, what it refers to)
ADDED = (("session", "helping_id", "helper"), ("job", "helping_id", "helper"), ("audit_entry", "on_behalf_of", "person"))


def upgrade() -> None:
    """A leave is for ninety days at most, whoever writes it, and never for oneself."""
    create_tenant_table(
        "helper",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("limits in ('look', 'work')", name="helper_limits_check"),
        sa.CheckConstraint("until <= created_at + interval '90 days'", name="helper_until_check"),
        sa.CheckConstraint("person_id <> merchant_id", name="helper_person_check"),
        references=[Reference("merchant_id", "core.person"), Reference("shop_id", "core.shop"), Reference("person_id", "core.person")],
        unique=[["token_hash"]],
        access="select, insert, update, delete",
    )
    # Two taps ask one person once.
    create_index("helper_open_key", "helper", ["merchant_id", "shop_id", "phone_index"], where="ended_at is null", unique=True)
    for table, column, referent in ADDED:
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True), schema="core")
        op.create_foreign_key(
            f"{table}_{column}_fkey",
            table,
            referent,
            ["tenant_id", column],
            ["tenant_id", "id"],
            source_schema="core",
            referent_schema="core",
            ondelete="restrict",
        )
        create_index(f"{table}_{column}_idx", table, [column], where=f"{column} is not null")


def downgrade() -> None:
    """Undo."""
    for table, column, _ in reversed(ADDED):
        op.drop_column(table, column, schema="core")
    drop_table("helper")
