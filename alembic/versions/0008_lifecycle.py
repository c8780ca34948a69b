"""Plugins that were uninstalled, until when a demo was filled, and messages found again by their recipient.

Revision: 0008, after 0006
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.binding import APP_ROLE
from smilero_sdk.migrations import create_index

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was uninstalled stays so until somebody installs it again, although it is in the image."""
    op.create_table(
        "plugin_uninstalled",
        sa.Column("plugin", sa.String(30), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        schema="core",
    )
    op.execute(f"grant select on core.plugin_uninstalled to {APP_ROLE}")
    op.add_column("plugin_activation", sa.Column("demo_until", sa.Date(), nullable=True), schema="core")
    # The blind index of the number, as `core.person.phone_index`: whose messages these are, without opening each.
    op.add_column("message", sa.Column("recipient_index", sa.LargeBinary(), nullable=True), schema="core")
    create_index("message_recipient_idx", "message", ["recipient_index"])


def downgrade() -> None:
    """Undo."""
    op.drop_column("message", "recipient_index", schema="core")
    op.drop_column("plugin_activation", "demo_until", schema="core")
    op.drop_table("plugin_uninstalled", schema="core")
