"""What waits for the foundation's people: only what one may do, the urgent first, with its number in the menu, and no plugin in its way."""

import re
from uuid import uuid4

from httpx2 import Response

from tests.support.application import Site
from tests.support.approvals import two
from tests.support.faces import Guest, Town, sentence
from tests.support.waiting import until

PAGE = "/console/work"
_TODO = re.compile(r'<a class="todo( urgent)?" href="([^"]+)">')


def listed(page: Response) -> list[tuple[bool, str]]:
    """The list: whether it is urgent, and where it leads."""
    return [(bool(urgent), url) for urgent, url in _TODO.findall(page.text)]


def number(page: Response) -> int:
    """In the menu."""
    found = re.search(r'class="desk-count">.*?</span>([\d,]+)</span>', page.text)
    return int(found[1].replace(",", "")) if found else 0


async def old_greeting(town: Town, days: int) -> None:
    await town.site.admin.execute(
        """insert into plugin_example.greeting (tenant_id, id, shop_id, person_id, text, created_at)
           values ($1, gen_random_uuid(), $2, $3, 'x', now() - $4 * interval '1 day')""",
        town.foundation.id,
        town.foundation.shop,
        town.foundation.people["customer"],
        days,
    )


async def invitation(town: Town, hours: int) -> None:
    await town.site.admin.execute(
        """insert into core.invitation (tenant_id, id, phone_index, phone_sealed, name, role, shop_id, token_hash, invited_by,
             expires_at, sent_at)
           values ($1, $2, uuid_send($2), '', 'x', 'clerk', $3, uuid_send($2), $4,
             now() + $5 * interval '1 hour', now() - interval '6 days')""",
        town.foundation.id,
        uuid4(),
        town.foundation.shop,
        town.foundation.people["owner"],
        hours,
    )


async def test_with_nothing_to_do_it_says_what_to_do_first(town: Town) -> None:
    owner = await town.signed_in("owner")
    page = await owner.get(PAGE)
    assert (listed(page), number(page)) == ([], 0)
    assert "지금 할 일이 없어요" in sentence(page)
    assert "초대해 보세요" in sentence(page)
    await town.site.admin.execute("update core.plugin_activation set enabled = false where tenant_id = $1", town.foundation.id)
    fresh = await town.signed_in("owner", process=1)
    assert "먼저 쓸 기능을 켜 보세요" in sentence(await fresh.get(PAGE))


async def test_everything_that_waits_stands_there_the_urgent_first_and_is_counted(town: Town) -> None:
    office = await two(town)
    held, last = await office.asked(), await office.asked()
    await town.site.admin.execute("update core.approval set expires_at = now() + interval '2 hours' where id = $1::text::uuid", last)
    await town.site.admin.execute(
        """insert into core.job (tenant_id, id, plugin, kind, name, payload, state, attempts, last_error, run_at)
           select $1, gen_random_uuid(), 'coupons', 'job', 'gone', '{}', 'dead', 8, 'x', now() - interval '3 days'
           from generate_series(1, 2)""",
        town.foundation.id,
    )
    await town.site.admin.execute(
        "update core.plugin_activation set rests_until = now() + interval '1 hour' where tenant_id = $1 and plugin = 'storefront'",
        town.foundation.id,
    )
    await invitation(town, 3)
    await invitation(town, 100)
    for days in (1, 8, 10):
        await old_greeting(town, days)
    staff = await town.signed_in("staff", process=1)
    page = await staff.get(PAGE)
    assert listed(page) == [
        (True, f"/console/approvals/{last}"),
        (True, "/console/plugins/storefront/trouble"),
        (False, "/console/example/greetings"),
        (False, f"/console/shops/{town.foundation.shop}/people"),
        (False, "#letters"),
        (False, f"/console/approvals/{held}"),
    ]
    assert "10일째" in sentence(page)
    # Two that wait, two letters, one that rests, one invitation, two greetings.
    assert number(page) == 8
    # The asker of the two, who is of the staff too, does not find them.
    mine = await office_of(town)
    assert not [url for _, url in listed(await mine.get(PAGE)) if "approvals" in url]


async def office_of(town: Town) -> Guest:
    await town.site.admin.execute(
        "insert into core.membership (tenant_id, id, person_id, role) values ($1, gen_random_uuid(), $2, 'staff')",
        town.foundation.id,
        town.foundation.people["merchant"],
    )
    return await town.signed_in("merchant")


async def test_what_one_may_not_do_is_not_shown_nor_counted(town: Town) -> None:
    office = await two(town)
    await office.asked()
    await invitation(town, 3)
    await old_greeting(town, 8)
    staff = await town.signed_in("staff")
    assert number(await staff.get(PAGE)) == 3
    for permission in ("coupons.manage", "people.manage", "example.read"):
        await town.site.admin.execute(
            """insert into core.permission_choice (tenant_id, id, role, permission, allowed)
               values ($1, gen_random_uuid(), 'staff', $2, false)""",
            town.foundation.id,
            permission,
        )
    page = await staff.get(PAGE)
    assert (listed(page), number(page)) == ([], 0)
    assert number(await (await town.signed_in("owner")).get(PAGE)) == 3


async def test_a_plugin_that_is_off_brings_nothing(town: Town) -> None:
    office = await two(town)
    await office.asked()
    await old_greeting(town, 8)
    await town.site.admin.execute(
        "update core.plugin_activation set enabled = false where tenant_id = $1 and plugin in ('example', 'coupons')", town.foundation.id
    )
    page = await (await town.signed_in("staff", process=1)).get(PAGE)
    assert (listed(page), number(page)) == ([], 0)


async def test_the_number_of_plugins_comes_to_every_page_without_the_list_being_opened(site: Site, town: Town) -> None:
    await old_greeting(town, 9)
    staff = await town.signed_in("staff")

    async def shown() -> bool:
        return number(await staff.get("/console/shops")) == 1

    # The first page does not wait for it; provide_todos is asked beside it.
    assert number(await staff.get("/console/shops")) in {0, 1}
    await until(shown)
    assert site.servers
