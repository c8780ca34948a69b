"""What a revision is made of. Each helper keeps the rules that isolation stands on, so a revision cannot forget one.

A lineage owns one schema: `core`, or `plugin_<name>`. Helpers take it from the running lineage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

from smilero_sdk.binding import APP_ROLE, BOUND_TENANT, CORE_SCHEMA, PLATFORM_ROLE, TENANT_CONDITION

READ_WRITE = "select, insert, update, delete"


@dataclass(frozen=True)
class Reference:
    """A composite foreign key `(tenant_id, column) → table (tenant_id, id)`.

    Attributes:
        column: the referring column.
        table: `schema.table`; a plugin refers to its own tables and to `core` only.
        on_delete: `restrict` unless the row is a part of what it refers to (then `cascade`).
    """

    column: str
    table: str
    on_delete: str = "restrict"


def current_schema() -> str:
    """The schema of the lineage that is running."""
    schema: str | None = op.get_context().version_table_schema
    if schema is None:
        msg = "the migration environment names no schema"
        raise RuntimeError(msg)
    return schema


def working_role(schema: str) -> str:
    """The role that works on a schema's tables: the plugin's own, or the application's for `core`."""
    return APP_ROLE if schema == CORE_SCHEMA else schema


def create_tenant_table(
    name: str,
    *items: sa.Column[object] | sa.CheckConstraint,
    references: Sequence[Reference] = (),
    unique: Sequence[Sequence[str]] = (),
    access: str = READ_WRITE,
    partition_by: str | None = None,
) -> None:
    """Create a table of tenant rows in the lineage's schema.

    It gets `tenant_id` and `id`, the key `(tenant_id, id)`, composite foreign keys, unique keys that begin with
    `tenant_id`, row security enabled and forced, the one tenant policy, and the grants of its working role. A table
    that refers to no other tenant table refers to the tenant itself.

    Args:
        items: further columns and check constraints.
        references: composite foreign keys.
        unique: column lists; `tenant_id` is put before each.
        access: what the working role may do; never TRUNCATE.
        partition_by: how its rows are spread over partitions, as `range (id)`; the partitions are made elsewhere.
    """
    schema = current_schema()
    op.create_table(
        name,
        # The tenant that the transaction is bound to, so that an INSERT need not name it and cannot name another.
        sa.Column("tenant_id", sa.Uuid(), nullable=False, server_default=sa.text(BOUND_TENANT)),
        sa.Column("id", sa.Uuid(), nullable=False),
        *items,
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"{name}_pkey"),
        *(_foreign_key(name, reference) for reference in references),
        *([] if references else [_tenant_key(name)]),
        *(sa.UniqueConstraint("tenant_id", *columns, name=f"{name}_{'_'.join(columns)}_key") for columns in unique),
        schema=schema,
        postgresql_partition_by=partition_by,
    )
    protect(name)
    op.execute(f"grant {access} on {schema}.{name} to {working_role(schema)}")
    _index_references(name, references, unique)


def protect(name: str) -> None:
    """Enable and force row security on a tenant table and give it the one tenant policy."""
    table = f"{current_schema()}.{name}"
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} using ({TENANT_CONDITION}) with check ({TENANT_CONDITION})")


def open_to_platform(name: str, access: str = "select") -> None:
    """Let the platform login see all tenants' rows of a core table; the written list in `db/isolation.py` names them."""
    table = f"{current_schema()}.{name}"
    op.execute(f"create policy platform on {table} to {PLATFORM_ROLE} using (true) with check (true)")
    op.execute(f"grant {access} on {table} to {PLATFORM_ROLE}")


def create_index(name: str, table: str, columns: Sequence[str], *, where: str | None = None, unique: bool = False) -> None:
    """Create an index that begins with `tenant_id`.

    Args:
        columns: column names after `tenant_id`.
        where: the condition of a partial index, in SQL.
        unique: no two rows of one tenant alike.
    """
    op.create_index(
        name,
        table,
        ["tenant_id", *columns],
        schema=current_schema(),
        unique=unique,
        postgresql_where=sa.text(where) if where else None,
    )


def add_column(table: str, column: sa.Column[object], *, reference: Reference | None = None) -> None:
    """Add a column to a table of the lineage's schema; with the composite foreign key, and its index, where it refers to a row."""
    op.add_column(table, column, schema=current_schema())
    if reference is not None:
        schema, _, name = reference.table.partition(".")
        op.create_foreign_key(
            f"{table}_{reference.column}_fkey",
            table,
            name,
            ["tenant_id", reference.column],
            ["tenant_id", "id"],
            source_schema=current_schema(),
            referent_schema=schema,
            ondelete=reference.on_delete,
        )
        _index_references(table, [reference], [])


def drop_column(table: str, name: str) -> None:
    """Drop a column of a table of the lineage's schema, with its key and its index."""
    op.drop_column(table, name, schema=current_schema())


def drop_table(name: str) -> None:
    """Drop a table of the lineage's schema, with its policies and grants."""
    op.drop_table(name, schema=current_schema())


def _tenant_key(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["core.tenant.id"], name=f"{name}_tenant_id_fkey", ondelete="restrict")


def _foreign_key(name: str, reference: Reference) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", reference.column],
        [f"{reference.table}.tenant_id", f"{reference.table}.id"],
        name=f"{name}_{reference.column}_fkey",
        ondelete=reference.on_delete,
    )


def _index_references(name: str, references: Sequence[Reference], unique: Sequence[Sequence[str]]) -> None:
    """Index each referring column that no unique key serves already: a delete or a join would scan without it."""
    served = {columns[0] for columns in unique if columns}
    for reference in references:
        if reference.column not in served:
            create_index(f"{name}_{reference.column}_idx", name, [reference.column])
