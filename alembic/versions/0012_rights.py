"""What a foundation says otherwise of rights, and invitations to the foundation itself.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
OPEN = sa.text("used_at is null and revoked_at is null")
PLACES = "(role in ('merchant', 'clerk')) = (shop_id is not null) and (role = 'officer') = (market_id is not null)"


def upgrade() -> None:
    """A row says of a role, or of one person of the staff, that it has a right which it would not have, or has it not."""
    create_tenant_table(
        "permission_choice",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("role in ('owner', 'staff', 'officer', 'merchant', 'clerk')", name="permission_choice_role_check"),
        sa.CheckConstraint("person_id is null or role = 'staff'", name="permission_choice_person_check"),
        references=[Reference("person_id", "core.person")],
    )
    _one_alike("permission_choice_key", "permission_choice", ["role", "person_id", "permission"])
    op.drop_constraint("invitation_role_check", "invitation", schema="core")
    op.alter_column("invitation", "shop_id", nullable=True, schema="core")
    op.add_column("invitation", sa.Column("market_id", sa.Uuid(), nullable=True), schema="core")
    op.create_foreign_key(
        "invitation_market_id_fkey",
        "invitation",
        "market",
        ["tenant_id", "market_id"],
        ["tenant_id", "id"],
        source_schema="core",
        referent_schema="core",
        ondelete="restrict",
    )
    create_index("invitation_market_id_idx", "invitation", ["market_id"])
    op.create_check_constraint(
        "invitation_role_check", "invitation", "role in ('owner', 'staff', 'officer', 'merchant', 'clerk')", schema="core"
    )
    op.create_check_constraint("invitation_place_check", "invitation", PLACES, schema="core")
    op.drop_index("invitation_open_key", "invitation", schema="core")
    _one_alike("invitation_open_key", "invitation", ["phone_index", "shop_id", "market_id", "role"], where=OPEN)


def _one_alike(name: str, table: str, columns: list[str], where: sa.TextClause | None = None) -> None:
    """No two rows of one tenant alike, a column without a value counted as one."""
    op.create_index(
        name,
        table,
        ["tenant_id", *columns],
        schema="core",
        unique=True,
        postgresql_where=where,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    """Undo. Invitations to the foundation itself have no place in the older table."""
    op.execute("delete from core.invitation where shop_id is null")
    op.drop_index("invitation_open_key", "invitation", schema="core")
    op.drop_constraint("invitation_place_check", "invitation", schema="core")
    op.drop_constraint("invitation_role_check", "invitation", schema="core")
    op.drop_column("invitation", "market_id", schema="core")
    op.alter_column("invitation", "shop_id", nullable=False, schema="core")
    op.create_check_constraint("invitation_role_check", "invitation", "role in ('merchant', 'clerk')", schema="core")
    op.create_index(
        "invitation_open_key",
        "invitation",
        ["tenant_id", "phone_index", "shop_id", "role"],
        schema="core",
        unique=True,
        postgresql_where=OPEN,
    )
    drop_table("permission_choice")
