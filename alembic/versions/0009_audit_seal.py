"""The audit log is sealed: what waits for it, and the chain.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.binding import PLATFORM_ROLE
from smilero_sdk.migrations import create_index, create_tenant_table, drop_table, open_to_platform

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """An entry waits in `audit_unsealed` until it has a link of the chain, whose `id` is its own."""
    create_tenant_table(
        "audit_unsealed",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        access="select, insert, delete",
    )
    create_tenant_table(
        "audit_seal",
        # 1, 2, 3, … in the order of sealing, which is not that of the time.
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        unique=[["number"]],
        # Append-only.
        access="select, insert",
    )
    for table in ("audit_unsealed", "audit_seal"):
        op.execute(
            f"alter table core.{table} add constraint {table}_id_fkey"
            " foreign key (tenant_id, id) references core.audit_entry (tenant_id, id) on delete restrict"
        )
    # Who waits is asked across tenants; what somebody did is not.
    open_to_platform("audit_unsealed", "select, insert")
    op.execute(f"grant insert on core.audit_entry to {PLATFORM_ROLE}")
    create_index("audit_entry_plugin_idx", "audit_entry", ["plugin", "at"])
    create_index("audit_entry_subject_id_idx", "audit_entry", ["subject_id"], where="subject_id is not null")
    _queue_what_is_there()


def _queue_what_is_there() -> None:
    """What was written before the chain is sealed first. The owner is subject to row security as everybody is, and lifts it meanwhile."""
    for table in ("audit_entry", "audit_unsealed"):
        op.execute(f"alter table core.{table} no force row level security")
    op.execute("insert into core.audit_unsealed (tenant_id, id, at) select tenant_id, id, at from core.audit_entry")
    for table in ("audit_entry", "audit_unsealed"):
        op.execute(f"alter table core.{table} force row level security")


def downgrade() -> None:
    """Undo."""
    op.drop_index("audit_entry_subject_id_idx", "audit_entry", schema="core")
    op.drop_index("audit_entry_plugin_idx", "audit_entry", schema="core")
    op.execute(f"revoke insert on core.audit_entry from {PLATFORM_ROLE}")
    drop_table("audit_seal")
    drop_table("audit_unsealed")
