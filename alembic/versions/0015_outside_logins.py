"""Logins of providers outside: which a foundation has, whose they are, and sign-ins on their way.

Revision: 0015, after 0014
"""

import sqlalchemy as sa

from smilero_sdk.migrations import Reference, create_tenant_table, drop_table

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_PROVIDER = Reference("provider_id", "core.outside_provider")


def upgrade() -> None:
    """A provider is never removed while logins stand on it; a login is found by the blind index of its subject alone."""
    create_tenant_table(
        "outside_provider",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("own_callback", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("kind in ('kakao', 'naver', 'google', 'oidc')", name="outside_provider_kind_check"),
        unique=[["issuer", "client_id"]],
        access="select, insert, update",
    )
    create_tenant_table(
        "outside_login",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject_index", sa.LargeBinary(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        references=[_PROVIDER, Reference("person_id", "core.person")],
        unique=[["provider_id", "subject_index"]],
    )
    create_tenant_table(
        "outside_attempt",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("held_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("own_callback", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proved_sealed", sa.LargeBinary(), nullable=True),
        references=[_PROVIDER],
        unique=[["state_hash"]],
    )


def downgrade() -> None:
    """Undo."""
    drop_table("outside_attempt")
    drop_table("outside_login")
    drop_table("outside_provider")
