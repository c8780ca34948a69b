"""Which statements may come from a plugin, and how they reach the driver: one prepared statement at a time."""

import re
from collections.abc import Sequence

from smilero_core.db.driver import Connection, PooledConnection
from smilero_sdk.errors import Problem

Link = Connection | PooledConnection

# Comments may stand before the first word; nested ones do not match and are refused, which is the safe side. For PostgreSQL
# a carriage return ends a comment too.
_FIRST_WORD = re.compile(r"(?:\s|--[^\r\n]*(?:[\r\n]|$)|/\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/|\()*([A-Za-z]+)")
_ALLOWED = frozenset({"select", "insert", "update", "delete", "merge", "values", "with"})


def require_data_statement(sql: str) -> None:
    """Refuse what is not reading or writing rows.

    The first word decides the kind of a statement, and a prepared statement is only one. So a plugin cannot leave its
    role (`SET ROLE`, `RESET`), end the transaction (`COMMIT`) or run a block (`DO`).

    Raises `database.statement_refused`.
    """
    found = _FIRST_WORD.match(sql)
    word = found.group(1).lower() if found else ""
    if word not in _ALLOWED:
        raise Problem("database.statement_refused", 500, statement=word or "?")


async def execute_prepared(link: Link, sql: str, args: Sequence[object]) -> int:
    """Run one prepared statement and return the number of rows touched.

    asyncpg sends a statement without arguments as a simple message, which may hold several statements: so prepare it.
    """
    if args:
        status: str = await link.execute(sql, *args)
    else:
        statement = await link.prepare(sql)
        await statement.fetch()
        status = statement.get_statusmsg() or ""
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0
