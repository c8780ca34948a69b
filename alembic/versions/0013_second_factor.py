"""Passkeys, authenticator apps, recovery codes, and when a session was given a second factor.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

from smilero_sdk.migrations import Reference, create_tenant_table, drop_table

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PERSON = Reference("person_id", "core.person")


def upgrade() -> None:
    """Sessions from before have given none. An app's secret is sealed, a recovery code is a hash, a passkey is a public key."""
    op.add_column("session", sa.Column("factor_at", sa.DateTime(timezone=True), nullable=True), schema="core")
    create_tenant_table(
        "second_factor",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("app_sealed", sa.LargeBinary(), nullable=True),
        # The last time step whose code was used: none at or before it is good again.
        sa.Column("app_step", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("app_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("tries_since", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        references=[_PERSON],
        unique=[["person_id"]],
    )
    create_tenant_table(
        "recovery_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        references=[_PERSON],
        unique=[["person_id", "code_hash"]],
    )
    create_tenant_table(
        "passkey",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        references=[_PERSON],
        unique=[["credential_id"]],
    )
    create_tenant_table(
        "passkey_challenge",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        # A blind index of what it is for and of the browser that asked for it.
        sa.Column("bound_to", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        unique=[["challenge_hash"]],
    )


def downgrade() -> None:
    """Undo."""
    for table in ("passkey_challenge", "passkey", "recovery_code", "second_factor"):
        drop_table(table)
    op.drop_column("session", "factor_at", schema="core")
