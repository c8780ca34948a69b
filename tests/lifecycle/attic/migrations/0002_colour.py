"""What came later.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column with a default."""
    op.add_column("thing", sa.Column("colour", sa.Text(), nullable=False, server_default="red"), schema="plugin_attic")
