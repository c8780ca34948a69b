"""A switch is thrown or it is not, in a moment, whatever the plugin does when it is told (check F2)."""

from functools import partial
from http import HTTPStatus

import pytest

from tests.conftest import LookedAt
from tests.failures.conftest import Yard
from tests.failures.test_hooks import ON_A_PAGE
from tests.support.foundations import Foundation
from tests.support.waiting import until

pytestmark = pytest.mark.suite("F2")

ADDRESS = "/console/plugins/probe"
# What a plugin answers when it is only told is ignored.
WRONG = sorted(mode for mode in ON_A_PAGE if not mode.startswith("answers"))


async def is_on(yard: Yard, foundation: Foundation) -> bool:
    sql = "select enabled from core.plugin_activation where tenant_id = $1 and plugin = 'probe'"
    return bool(await yard.site.admin.fetchval(sql, foundation.id))


async def on_record(yard: Yard, foundation: Foundation, hook: str, word: str) -> bool:
    return any(found == hook and word in error for found, error, _ in await yard.failures(foundation))


@pytest.mark.parametrize("mode", WRONG)
async def test_one_that_fails_when_it_is_switched_on_stays_off(yard: Yard, mode: str, looked_at: LookedAt) -> None:
    looked_at("ways to do wrong when switched on", [mode])
    foundation = await yard.foundation("")
    owner = await yard.guest(foundation, "owner")
    # Off goes through although the plugin does not come back from being told, and although it asks for no context.
    assert (await owner.post(ADDRESS, {"enabled": "false"})).status_code == HTTPStatus.SEE_OTHER
    assert not await is_on(yard, foundation)
    await until(partial(on_record, yard, foundation, "on_disabled", "TimeoutError"))

    await yard.choose(foundation.id, mode)
    refused = await owner.post(ADDRESS, {"enabled": "true", "agreed": "true"})
    assert refused.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "재능 나눔" in refused.text
    assert not await is_on(yard, foundation)
    await until(partial(on_record, yard, foundation, "on_enabled", ON_A_PAGE[mode]))
    assert "rascal.was.here" not in await yard.sentences(foundation)


@pytest.mark.parametrize("mode", ["answers text", "answers numbers", "answers nothing"])
async def test_what_a_told_plugin_answers_is_ignored(yard: Yard, mode: str) -> None:
    foundation = await yard.foundation(mode)
    owner = await yard.guest(foundation, "owner")
    await owner.post(ADDRESS, {"enabled": "false"})
    assert (await owner.post(ADDRESS, {"enabled": "true", "agreed": "true"})).status_code == HTTPStatus.SEE_OTHER
    assert await is_on(yard, foundation)
