"""What the platform holds of a linked person: handed over with everything else, and gone when the person is erased."""

import asyncio
import json
from http import HTTPStatus
from pathlib import Path
from zipfile import ZipFile

from tests.links.crossing import SWITCH, Pair, actions, arrive, ask_to_go, said
from tests.support.commands import smilero
from tests.support.faces import SESSION

CUSTOMER = "010-1111-0005"


async def run(pair: Pair, *arguments: str | Path) -> None:
    """A command about the customer of the second foundation."""
    site = pair.b.site
    told = {
        "SMILERO_DATABASE_URL": site.settings.database_url,
        "SMILERO_SECRET_KEY": site.settings.secret_key.get_secret_value(),
        "SMILERO_REDIS_URL": site.redis_url,
    }
    whom = ("--tenant", pair.b.foundation.host.partition(".")[0], "--phone", CUSTOMER)
    done = await asyncio.to_thread(smilero, "person", *arguments, *whom, **told)
    assert done.code == 0, done


async def test_links_are_handed_over_with_everything_else(pair: Pair, tmp_path: Path) -> None:
    await pair.linked("merchant", "customer")
    await run(pair, "export", tmp_path / "person.zip")
    with ZipFile(tmp_path / "person.zip") as found:
        sections = [json.loads(found.read(name)) for name in found.namelist() if name.endswith(".json")]
    name = await pair.a.site.admin.fetchval("select name from core.tenant where id = $1", pair.a.foundation.id)
    [links] = [one["rows"] for one in sections if one["title"] == "이어 둔 다른 재단"]
    assert [one["foundation"] for one in links] == [name]


async def test_an_erased_persons_links_are_gone_and_the_way_is_shut(pair: Pair) -> None:
    here, _ = await pair.linked("merchant", "customer")
    [action] = await actions(here)
    brought, there = await ask_to_go(here), pair.b.guest()
    await run(pair, "erase", "--yes")
    assert await pair.links() == []
    assert (await here.post(action)).status_code == HTTPStatus.NOT_FOUND
    assert (await arrive(there, brought)).status_code == HTTPStatus.NOT_FOUND
    assert SESSION not in there.cookies
    assert SWITCH not in str(await actions(here))
    assert [one[:2] for one in await said(pair.a)][-1] == ("unlinked_there", "system")
