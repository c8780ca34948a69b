"""Foundations, seen by the platform."""

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from asyncpg import UniqueViolationError

from smilero_core.db.database import Database
from smilero_core.db.session import Session
from smilero_sdk.errors import Problem
from smilero_sdk.ids import uuid7

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
# Words that a host name of the platform itself may need one day.
_RESERVED = frozenset({"www", "api", "admin", "operator", "static", "mail", "platform", "smilero"})


@dataclass(frozen=True)
class NewTenant:
    """What a foundation is made of.

    Attributes:
        slug: its word in host names, for ever.
        hosts: further host names of its own.
        phone: whom customers call.
    """

    slug: str
    name: str
    seal: str
    colour: str
    locale: str = "ko"
    timezone: str = "Asia/Seoul"
    body_type: str = "foundation"
    phone: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class TenantSummary:
    """A line of `smilero tenant list`; `shops` is the number that the markets' own figures state."""

    slug: str
    name: str
    markets: int
    shops: int
    plugins: list[str]


class TenantOffice:
    """Makes and lists foundations by the platform's login."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, new: NewTenant) -> UUID:
        """Make a foundation; its host answers within seconds, with no restart.

        Raises `tenancy.slug`, `tenancy.host`, `tenancy.colour`, `tenancy.seal` (422), `tenancy.taken` (409).
        """
        _require_sound(new)
        tenant_id = uuid7()
        try:
            async with self._database.platform() as unit:
                session = Session(unit)
                await session.execute(
                    """
                    insert into core.tenant (id, slug, name, body_type, locale, timezone, status, seal, colour, sender)
                    values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9::jsonb)
                    """,
                    tenant_id,
                    *(new.slug, new.name, new.body_type, new.locale, new.timezone, new.seal, new.colour),
                    json.dumps({"name": new.name, "phone": new.phone}),
                )
                await session.execute_many(
                    "insert into core.tenant_host (host, tenant) values ($1, $2)", [(host, tenant_id) for host in new.hosts]
                )
        except UniqueViolationError as error:
            raise Problem("tenancy.taken", HTTPStatus.CONFLICT, slug=new.slug) from error
        return tenant_id

    async def list(self) -> list[TenantSummary]:
        """Every foundation with its figures, by slug."""
        async with self._database.platform(read_only=True) as unit:
            rows = await Session(unit).fetch(
                """
                select t.slug, t.name, coalesce(m.markets, 0) as markets, coalesce(m.shops, 0) as shops,
                  coalesce(p.plugins, '{}') as plugins
                from core.tenant t
                left join (select tenant_id, count(*) as markets, sum(stated_shops) as shops from core.market group by 1) m
                  on m.tenant_id = t.id
                left join (
                  select tenant_id, array_agg(plugin order by plugin) as plugins from core.plugin_activation where enabled group by 1
                ) p on p.tenant_id = t.id
                order by t.slug
                """
            )
        return [TenantSummary(row["slug"], row["name"], row["markets"], row["shops"], list(row["plugins"])) for row in rows]


def _require_sound(new: NewTenant) -> None:
    checks = {
        "tenancy.slug": _SLUG.fullmatch(new.slug) is not None and new.slug not in _RESERVED,
        "tenancy.host": all(_HOST.fullmatch(host) for host in new.hosts),
        "tenancy.colour": _COLOUR.fullmatch(new.colour) is not None,
        "tenancy.seal": len(new.seal) == 1,
        "tenancy.name": 0 < len(new.name.strip()) <= 80,  # noqa: PLR2004 - what a header holds at 360 px in two lines
    }
    for code, sound in checks.items():
        if not sound:
            raise Problem(code, HTTPStatus.UNPROCESSABLE_ENTITY)
