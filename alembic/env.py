"""The environment of every lineage. `smilero db upgrade` runs it with a connection of the owner; nothing else does."""

from contextlib import nullcontext

from alembic import context
from sqlalchemy import Connection, text

# A revision that cannot have its lock soon gives way to the people who are using the service, and is run again.
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "15min"


def run() -> None:
    """Run the revisions of one schema, each in its own transaction, or all in the caller's when one is open."""
    connection: Connection = context.config.attributes["connection"]
    schema: str = context.config.attributes["schema"]
    with nullcontext() if connection.in_transaction() else connection.begin():
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"set statement_timeout = '{STATEMENT_TIMEOUT}'"))
    context.configure(
        connection=connection,
        version_table="alembic_version",
        version_table_schema=schema,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
