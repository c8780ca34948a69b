"""Programs outside that a foundation lets in, what they were granted, and tokens with names and scopes.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from smilero_sdk.migrations import Reference, create_tenant_table, drop_table

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """A program, its grants and their tokens; secrets, codes and tokens are kept as hashes only."""
    _programs()
    _grants()
    op.add_column("api_token", sa.Column("name", sa.Text(), nullable=False, server_default=""), schema="core")
    op.add_column("api_token", sa.Column("scopes", ARRAY(sa.Text()), nullable=True), schema="core")
    op.add_column("api_token", sa.Column("last_used_on", sa.Date(), nullable=True), schema="core")


def _programs() -> None:
    create_tenant_table(
        "oauth_client",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("redirect_uris", ARRAY(sa.Text()), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("unattended", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        # Who has no secret cannot prove to be alone.
        sa.CheckConstraint("secret_hash is not null or not unattended", name="oauth_client_unattended_check"),
        access="select, insert, update",
    )


def _grants() -> None:
    create_tenant_table(
        "oauth_grant",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        # None: the program acts by itself.
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_challenge", sa.Text(), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        references=[Reference("client_id", "core.oauth_client"), Reference("person_id", "core.person")],
        unique=[["code_hash"]],
        access="select, insert, update",
    )
    create_tenant_table(
        "oauth_token",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('access', 'refresh')", name="oauth_token_kind_check"),
        references=[Reference("grant_id", "core.oauth_grant", on_delete="cascade")],
        unique=[["token_hash"]],
    )


def downgrade() -> None:
    """Undo, the referring tables first."""
    for column in ("last_used_on", "scopes", "name"):
        op.drop_column("api_token", column, schema="core")
    for table in ("oauth_token", "oauth_grant", "oauth_client"):
        drop_table(table)
