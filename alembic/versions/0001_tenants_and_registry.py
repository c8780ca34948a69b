"""Tenants, their hosts, markets and shops.

Revision: 0001, the first
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from smilero_sdk.binding import APP_ROLE, PLATFORM_ROLE
from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table, open_to_platform

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """Platform tables first: every tenant row hangs on a tenant."""
    _platform_tables()
    _markets()
    _shops()


def _platform_tables() -> None:
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("slug", sa.String(40), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body_type", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("sender", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'", name="tenant_slug_check"),
        sa.CheckConstraint("status in ('active', 'suspended')", name="tenant_status_check"),
        sa.CheckConstraint("colour ~ '^#[0-9a-f]{6}$'", name="tenant_colour_check"),
        schema="core",
    )
    op.create_table(
        "tenant_host",
        sa.Column("host", sa.String(253), primary_key=True),
        sa.Column("tenant", sa.Uuid(), sa.ForeignKey("core.tenant.id"), nullable=False),
        sa.CheckConstraint("host = lower(host)", name="tenant_host_host_check"),
        schema="core",
    )
    for table in ("tenant", "tenant_host"):
        op.execute(f"grant select on core.{table} to {APP_ROLE}")
        op.execute(f"grant select, insert, update on core.{table} to {PLATFORM_ROLE}")


def _markets() -> None:
    create_tenant_table(
        "market",
        sa.Column("natural_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("road_address", sa.Text(), nullable=False),
        sa.Column("lot_address", sa.Text(), nullable=False),
        sa.Column("market_days", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("stated_shops", sa.Integer(), nullable=True),
        sa.Column("goods", ARRAY(sa.Text()), nullable=False),
        sa.Column("vouchers", ARRAY(sa.Text()), nullable=False),
        sa.Column("homepage", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("toilet", sa.Boolean(), nullable=True),
        sa.Column("parking", sa.Boolean(), nullable=True),
        sa.Column("opened_year", sa.Integer(), nullable=True),
        sa.Column("data_date", sa.Date(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("stated_shops >= 0", name="market_stated_shops_check"),
        unique=[["natural_key"]],
        access="select, insert, update",
    )
    open_to_platform("market")
    create_tenant_table(
        "market_day_exception",
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        references=[Reference("market_id", "core.market", on_delete="cascade")],
        unique=[["market_id", "day"]],
    )


def _shops() -> None:
    create_tenant_table(
        "shop",
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stall", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("goods", sa.Text(), nullable=False),
        sa.Column("business_number", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("status in ('open', 'closed', 'left')", name="shop_status_check"),
        references=[Reference("market_id", "core.market")],
        access="select, insert, update",
    )
    # A stall is one shop's at a time; the shop that left keeps its row and its number.
    create_index("shop_stall_key", "shop", ["market_id", "stall"], where="status <> 'left'", unique=True)


def downgrade() -> None:
    """Undo, the referring tables first."""
    for table in ("shop", "market_day_exception", "market", "tenant_host", "tenant"):
        drop_table(table)
