"""Sessions, sign-in codes and the messages that carry them.

Revision: 0004, after 0003
"""

import sqlalchemy as sa

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """Codes and tokens are kept as hashes, numbers and texts sealed."""
    create_tenant_table(
        "session",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        references=[Reference("person_id", "core.person"), Reference("shop_id", "core.shop")],
        unique=[["token_hash"]],
        access="select, insert, update",
    )
    create_tenant_table(
        "sign_in_code",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    )
    create_index("sign_in_code_device_idx", "sign_in_code", ["device_hash"])
    create_tenant_table(
        "message",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('security', 'service', 'member', 'advertising')", name="message_kind_check"),
        sa.CheckConstraint("state in ('queued', 'sent', 'delivered', 'failed', 'unknown')", name="message_state_check"),
        access="select, insert, update",
    )
    create_index("message_created_idx", "message", ["created_at"])


def downgrade() -> None:
    """Undo."""
    for table in ("message", "sign_in_code", "session"):
        drop_table(table)
