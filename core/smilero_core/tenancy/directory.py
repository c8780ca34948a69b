"""From a host name to a foundation."""

import re
import time
from dataclasses import dataclass
from uuid import UUID

from smilero_core.db.database import Database
from smilero_core.db.driver import Record
from smilero_sdk.context import Tenant

# A new foundation answers within this, a suspended one is gone within it, on every process and with no message.
FRESH_SECONDS = 3.0
_MOST_HOSTS = 10_000

_COLUMNS = "t.id, t.slug, t.name, t.timezone, t.locale, t.seal, t.colour, t.sender->>'phone' as phone"
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")


@dataclass(frozen=True)
class _Known:
    tenant: Tenant | None
    until: float


class TenantDirectory:
    """Finds tenants by host and keeps the answers for three seconds.

    Args:
        domain: the platform's own host, as `localhost`; a tenant answers at `<slug>.<domain>` and at its own hosts.
    """

    def __init__(self, database: Database, domain: str) -> None:
        self._database = database
        self._known: dict[str, _Known] = {}
        self.domain = domain

    def is_platform(self, host: str) -> bool:
        """Whether a host is the platform's own."""
        return host == self.domain

    async def by_host(self, host: str) -> Tenant | None:
        """The active foundation of a host name (lower case, no port), or None."""
        known = self._known.get(host)
        now = time.monotonic()
        if known is None or known.until < now:
            if len(self._known) >= _MOST_HOSTS:
                self._known.clear()
            known = _Known(await self._look_up(host), now + FRESH_SECONDS)
            self._known[host] = known
        return known.tenant

    def forget(self, tenant_id: UUID) -> None:
        """Look a foundation up anew in this process: what it is called has just changed."""
        self._known = {host: known for host, known in self._known.items() if known.tenant is None or known.tenant.id != tenant_id}

    async def all(self) -> list[Tenant]:
        """Every active foundation, by name."""
        async with self._database.unbound() as unit:
            rows = await unit.run(
                None,
                lambda link: link.fetch(f"select {_COLUMNS} from core.tenant t where t.status = 'active' order by t.slug"),  # noqa: S608 - constants
            )
        return [to_tenant(row) for row in rows]

    async def by_slug(self, slug: str) -> Tenant | None:
        """The foundation of a slug, suspended or not, or None."""
        return await self._row("t.slug = $1", slug)

    async def by_id(self, tenant_id: UUID) -> Tenant | None:
        """The active foundation of an id, or None."""
        return await self._row("t.status = 'active' and t.id = $1", tenant_id)

    async def _look_up(self, host: str) -> Tenant | None:
        slug = host.removesuffix(f".{self.domain}")
        if slug == host:
            return await self._row("t.status = 'active' and t.id = (select tenant from core.tenant_host where host = $1)", host)
        return await self._row("t.status = 'active' and t.slug = $1", slug) if _SLUG.fullmatch(slug) else None

    async def _row(self, condition: str, value: str | UUID) -> Tenant | None:
        sql = f"select {_COLUMNS} from core.tenant t where {condition}"  # noqa: S608 - constants of this module
        async with self._database.unbound() as unit:
            row = await unit.run(None, lambda link: link.fetchrow(sql, value))
        return to_tenant(row) if row else None


def to_tenant(row: Record) -> Tenant:
    """A row of `core.tenant` as the SDK's value."""
    return Tenant(**{name: row[name] for name in ("id", "slug", "name", "timezone", "locale", "seal", "colour", "phone")})
