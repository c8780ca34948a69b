"""Campaigns, claims and redemptions.

Revision: 0001, the first
"""

import sqlalchemy as sa

from smilero_sdk.migrations import Reference, create_index, create_tenant_table, drop_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """A claim's code is unique among the shop's open claims: a redeemed one gives its code back."""
    create_tenant_table(
        "campaign",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("per_person", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("redeemed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("kind in ('won', 'percent')", name="campaign_kind_check"),
        sa.CheckConstraint("value > 0 and (kind <> 'percent' or value <= 100)", name="campaign_value_check"),
        sa.CheckConstraint("per_person > 0 and stock > 0", name="campaign_limits_check"),
        sa.CheckConstraint("redeemed between 0 and claimed and claimed <= stock", name="campaign_counts_check"),
        references=[Reference("shop_id", "core.shop"), Reference("created_by", "core.person")],
    )
    create_tenant_table(
        "claim",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("code ~ '^[0-9]{6}$'", name="claim_code_check"),
        references=[
            Reference("campaign_id", "plugin_coupons.campaign"),
            Reference("shop_id", "core.shop"),
            Reference("person_id", "core.person"),
        ],
        unique=[["campaign_id", "person_id", "nth"]],
    )
    create_index("claim_open_code_key", "claim", ["shop_id", "code"], where="redeemed_at is null", unique=True)
    create_index("claim_code_idx", "claim", ["code", "shop_id"])
    create_tenant_table(
        "redemption",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("redeemed_by", sa.Uuid(), nullable=True),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        references=[
            Reference("claim_id", "plugin_coupons.claim"),
            Reference("campaign_id", "plugin_coupons.campaign"),
            Reference("shop_id", "core.shop"),
            Reference("redeemed_by", "core.person"),
        ],
    )
    # A claim is used once; a redemption that was a mistake stays on record and lets it be used again.
    create_index("redemption_claim_key", "redemption", ["claim_id"], where="undone_at is null", unique=True)


def downgrade() -> None:
    """Undo, the referring tables first."""
    for table in ("redemption", "claim", "campaign"):
        drop_table(table)
