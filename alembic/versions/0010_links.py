"""Links that sign in and invitations, the device of a session, and who asked for a job.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
OPEN = "used_at is null and revoked_at is null"


def upgrade() -> None:
    """Tokens are kept as hashes, the invited number sealed and with its blind index."""
    op.add_column("session", sa.Column("device", sa.Text(), nullable=False, server_default=""), schema="core")
    op.add_column("sign_in_code", sa.Column("link_hash", sa.LargeBinary(), nullable=True), schema="core")
    op.add_column("sign_in_code", sa.Column("next_path", sa.Text(), nullable=False, server_default="/"), schema="core")
    # Whose word a job stands on: the role is asked anew when the job begins.
    op.add_column("job", sa.Column("asked_by", sa.Uuid(), nullable=True), schema="core")
    op.add_column("job", sa.Column("asked_as", sa.Text(), nullable=True), schema="core")
    op.create_foreign_key(
        "job_asked_by_fkey",
        "job",
        "person",
        ["tenant_id", "asked_by"],
        ["tenant_id", "id"],
        source_schema="core",
        referent_schema="core",
        ondelete="restrict",
    )
    create_index("job_asked_by_idx", "job", ["asked_by"], where="asked_by is not null")
    create_index("sign_in_code_link_idx", "sign_in_code", ["link_hash"])
    create_tenant_table(
        "invitation",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('merchant', 'clerk')", name="invitation_role_check"),
        references=[Reference("shop_id", "core.shop"), Reference("invited_by", "core.person"), Reference("used_by", "core.person")],
        unique=[["token_hash"]],
    )
    # Two taps at the counter make one invitation.
    create_index("invitation_open_key", "invitation", ["phone_index", "shop_id", "role"], where=OPEN, unique=True)


def downgrade() -> None:
    """Undo."""
    drop_table("invitation")
    for table, columns in (("job", ("asked_as", "asked_by")), ("sign_in_code", ("next_path", "link_hash")), ("session", ("device",))):
        for column in columns:
            op.drop_column(table, column, schema="core")
