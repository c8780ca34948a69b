"""Every type that is easily lost, tables that refer to each other in a circle, and one that refers to itself.

Revision: 0001, the first
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL, JSONB

from smilero_sdk.migrations import Reference, create_tenant_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, and the key that closes the circle."""
    create_tenant_table(
        "thing",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("price", sa.Numeric(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
        sa.Column("note", JSONB(), nullable=True),
        sa.Column("words", ARRAY(sa.Text()), nullable=True),
        sa.Column("ids", ARRAY(sa.Uuid()), nullable=True),
        sa.Column("lasts", INTERVAL(), nullable=True),
        sa.Column("fresh", sa.Boolean(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("box_id", sa.Uuid(), nullable=True),
        sa.Column("doubled", sa.Double(), sa.Computed("weight * 2"), nullable=True),
        references=[Reference("shop_id", "core.shop"), Reference("parent_id", "plugin_attic.thing")],
    )
    create_tenant_table("box", sa.Column("first_id", sa.Uuid(), nullable=True), references=[Reference("first_id", "plugin_attic.thing")])
    op.create_foreign_key(
        "thing_box_id_fkey",
        "thing",
        "box",
        ["tenant_id", "box_id"],
        ["tenant_id", "id"],
        source_schema="plugin_attic",
        referent_schema="plugin_attic",
    )
