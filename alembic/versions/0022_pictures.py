"""How large a picture is, so that a page does not jump when it comes.

Revision: 0022, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns of files."""
    for name in ("width", "height"):
        op.add_column("file", sa.Column(name, sa.Integer(), nullable=True), schema="core")


def downgrade() -> None:
    """Undo."""
    for name in ("height", "width"):
        op.drop_column("file", name, schema="core")
