"""`/console/work`: what failed is seen by the foundation's people alone, and done again, thrown away or told again once for each key."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest

from smilero_sdk.ids import uuid7
from tests.support.application import Site
from tests.support.faces import Guest, Town, new_town, sentence

PAGE = "/console/work"


async def dead_letter(town: Town, *, name: str = "gone", key: str | None = None) -> UUID:
    letter = uuid7()
    await town.site.admin.execute(
        """insert into core.job (tenant_id, id, plugin, kind, name, payload, state, attempts, last_error, key)
           values ($1, $2, 'coupons', 'job', $3, '{}', 'dead', 8, 'ValueError (coupons/service.py:12)', $4)""",
        town.foundation.id,
        letter,
        name,
        key,
    )
    return letter


async def state_of(town: Town, letter: UUID) -> tuple[str, int] | None:
    row = await town.site.admin.fetchrow("select state, attempts from core.job where id = $1", letter)
    return (row["state"], row["attempts"]) if row else None


async def audited(town: Town) -> list[str]:
    rows = await town.site.admin.fetch(
        "select sentence from core.audit_entry where tenant_id = $1 and actor_id is not null order by id", town.foundation.id
    )
    return [row["sentence"] for row in rows]


def act(letter: UUID, what: str) -> str:
    return f"{PAGE}/letters/{letter}/{what}"


@pytest.mark.parametrize("who", ["owner", "staff"])
async def test_what_failed_is_shown_with_why_and_counted_in_the_menu(site: Site, who: str) -> None:
    town = await new_town(site)
    guest = await town.signed_in(who)
    assert "하지 못한 일이 없어요" in (await guest.get(PAGE)).text
    await dead_letter(town)
    shown = await guest.get(PAGE)
    assert shown.status_code == HTTPStatus.OK
    for words in ("쿠폰", "하려던 일", "gone", "ValueError (coupons/service.py:12)", "8번", "다시 하기", "버리기"):
        assert words in sentence(shown)
    assert '<span class="desk-count">' in shown.text
    assert '<span class="desk-count">' in (await guest.get("/console/shops")).text


async def test_nobody_else_sees_it_or_acts(site: Site) -> None:
    town, other = await new_town(site), await new_town(site)
    letter = await dead_letter(town)
    strangers: list[tuple[Guest, HTTPStatus]] = [
        (town.guest(), HTTPStatus.SEE_OTHER),
        (await town.signed_in("merchant"), HTTPStatus.FORBIDDEN),
        (await town.signed_in("customer"), HTTPStatus.FORBIDDEN),
    ]
    for guest, status in strangers:
        assert (await guest.get(PAGE)).status_code == status
        for what in ("again", "discard"):
            answer = await guest.post(act(letter, what), key=str(uuid4()))
            assert answer.status_code == status
            assert not answer.headers.get("location", "").endswith(PAGE)
    foreigner = await other.signed_in("owner")
    assert "gone" not in (await foreigner.get(PAGE)).text
    for what in ("again", "discard"):
        assert (await foreigner.post(act(letter, what), key=str(uuid4()))).status_code == HTTPStatus.SEE_OTHER
    assert await state_of(town, letter) == ("dead", 8)
    assert await audited(town) == await audited(other) == []


async def test_doing_it_again_queues_it_once_for_each_key(site: Site) -> None:
    town = await new_town(site)
    guest, letter, key = await town.signed_in("staff"), await dead_letter(town), str(uuid4())
    assert (await guest.post(act(letter, "again"))).status_code == HTTPStatus.BAD_REQUEST
    assert await state_of(town, letter) == ("dead", 8)
    for _ in range(2):
        answer = await guest.post(act(letter, "again"), key=key)
        assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, PAGE)
    assert await state_of(town, letter) == ("queued", 0)
    # It dies again, and the second tap of the same finger arrives late.
    await town.site.admin.execute("update core.job set state = 'dead', attempts = 8 where id = $1", letter)
    await guest.post(act(letter, "again"), key=key)
    assert await state_of(town, letter) == ("dead", 8)
    assert await audited(town) == ["console.audit.again"]


async def test_doing_again_what_waits_already_leaves_the_one_that_waits(site: Site) -> None:
    town = await new_town(site)
    guest, letter = await town.signed_in("owner"), await dead_letter(town, key="k")
    waiting = await dead_letter(town, key="k")
    await town.site.admin.execute("update core.job set state = 'queued', attempts = 0 where id = $1", waiting)
    assert (await guest.post(act(letter, "again"), key=str(uuid4()))).status_code == HTTPStatus.SEE_OTHER
    assert (await state_of(town, letter), await state_of(town, waiting)) == (None, ("queued", 0))


async def test_throwing_away_is_for_good_and_on_record(site: Site) -> None:
    town = await new_town(site)
    guest, letter = await town.signed_in("owner"), await dead_letter(town)
    for _ in range(2):
        assert (await guest.post(act(letter, "discard"), key=str(uuid4()))).status_code == HTTPStatus.SEE_OTHER
    assert await state_of(town, letter) is None
    assert await audited(town) == ["console.audit.discarded"]


async def test_only_a_plugin_that_listens_and_is_on_can_be_told_again(site: Site) -> None:
    town = await new_town(site)
    guest = await town.signed_in("owner")
    since = {"since": (datetime.now(UTC) - timedelta(days=1)).date().isoformat()}
    for name in ("nothing", "core", "storefront"):
        answer = await guest.post(f"{PAGE}/plugins/{name}/replay", since, key=str(uuid4()))
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert await audited(town) == []
