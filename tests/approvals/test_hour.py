"""The worker's hour: what nobody confirmed in time is over, once and on record, however many workers look."""

import asyncio
from uuid import UUID

from smilero_core.platform.clock import Alarm, Clock
from smilero_core.plugins.approval_ending import END_OVERDUE, SCHEDULE
from smilero_core.plugins.approval_rows import LIFETIME
from smilero_core.plugins.context import CORE
from smilero_core.plugins.gate import PluginGate
from smilero_core.plugins.host import PluginHost
from smilero_core.plugins.work import Workbench
from smilero_core.tenancy.directory import TenantDirectory
from smilero_sdk.context import Tenant
from smilero_sdk.i18n import Catalogue
from smilero_web.services import Installed, host_services
from tests.support.application import Site
from tests.support.approvals import two
from tests.support.faces import Town, new_town


def bench(site: Site, town: Town) -> Workbench:
    """A worker's."""
    host = PluginHost([])
    services = host_services(Installed(host, Catalogue()), PluginGate(site.database, host.listed), town.vault)
    return Workbench(site.database, services, {END_OVERDUE.name: END_OVERDUE}, lambda tenant: tenant.slug)


async def tenant_of(site: Site, tenant_id: UUID) -> Tenant:
    found = await TenantDirectory(site.database, "localhost").by_id(tenant_id)
    assert found
    return found


async def hour(site: Site, town: Town) -> None:
    """An hour begins, and two workers do what is due."""
    clock = Clock(site.database, {Alarm(CORE, SCHEDULE.name): SCHEDULE}, CORE)
    while await clock.wind():
        pass
    await site.admin.execute("update core.schedule set next_at = now() - interval '1 minute' where tenant_id = $1", town.foundation.id)
    await clock.strike()
    tenant = await tenant_of(site, town.foundation.id)
    await asyncio.gather(*(bench(site, town).take_turn(tenant) for _ in range(2)))


async def test_what_is_over_ends_once_and_what_is_not_waits_on(site: Site, town: Town) -> None:
    office, other = await two(town), await two(await new_town(site))
    late, void, waits, theirs = await office.asked(), await office.asked(who="other merchant"), await office.asked(), await other.asked()
    await site.admin.execute(
        "update core.approval set asked_at = now() - $2::interval, expires_at = now() where id = any($1::text[]::uuid[])", [late], LIFETIME
    )
    await site.admin.execute("update core.membership set ended_at = now() where person_id = $1", town.foundation.people["other merchant"])
    for _ in range(2):
        await hour(site, town)
    assert [await office.state(one) for one in (late, void, waits)] == ["expired", "void", "waiting"]
    assert await other.state(theirs) == "waiting"
    told = sorted((key.rpartition(".")[2], role) for key, role, _ in await office.entries() if role == "system" and "approvals" in key)
    assert told == [("expired", "system"), ("void", "system")]
