"""asyncpg's types. Its stubs make them generic, its classes are not, so the two are joined here once."""

from typing import TYPE_CHECKING, TypeAlias

import asyncpg
from asyncpg import Record
from asyncpg import pool as asyncpg_pool

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[Record]
    Pool: TypeAlias = asyncpg_pool.Pool[Record]
    PooledConnection: TypeAlias = asyncpg_pool.PoolConnectionProxy[Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg_pool.Pool
    PooledConnection = asyncpg_pool.PoolConnectionProxy

__all__ = ["Connection", "Pool", "PooledConnection", "Record"]
