"""Somebody confirms, and waits for the row's lock: what is taken away meanwhile counts, whatever the request knew when it came."""

import asyncio
from collections.abc import Mapping
from uuid import uuid4

import pytest

from tests.support.application import Site
from tests.support.approvals import two
from tests.support.cluster import connected
from tests.support.faces import Town
from tests.support.waiting import until

# What is taken away, in SQL with the foundation ($1), and how it ends.
TAKEN: Mapping[str, tuple[str, str, int]] = {
    "nothing": ("select $1::uuid", "done", 1),
    "the approver's role": ("update core.membership set ended_at = now() where tenant_id = $1 and role = 'staff'", "waiting", 0),
    "the asker's role": ("update core.membership set ended_at = now() where tenant_id = $1 and role = 'merchant'", "void", 0),
    "the plugin": ("update core.plugin_activation set enabled = false where tenant_id = $1 and plugin = 'coupons'", "waiting", 0),
    "the asker's word": (
        "update core.approval set state = 'withdrawn', decided_at = now(), decided_by = asked_by where tenant_id = $1",
        "withdrawn",
        0,
    ),
}


@pytest.mark.parametrize("what", TAKEN)
async def test_what_is_taken_away_while_one_waits_for_the_lock_counts(site: Site, town: Town, what: str) -> None:
    office = await two(town)
    held, staff = await office.asked(), await town.signed_in("staff")
    sql, ends, made = TAKEN[what]
    async with connected(site.settings.database_url) as holder:
        async with holder.transaction():
            await holder.execute("select id from core.approval where id = $1::text::uuid for update", held)
            saying = asyncio.create_task(staff.post(f"/console/approvals/{held}/approve", {}, key=str(uuid4())))

            async def waits() -> bool:
                return bool(
                    await site.admin.fetchval(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%from core.approval where%'"
                    )
                )

            await until(waits)
            await holder.execute(sql, town.foundation.id)
        await saying
    assert (await office.state(held), await office.campaigns()) == (ends, made)
