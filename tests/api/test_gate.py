"""One gate: a plugin that is off for a foundation is as if it were not installed there, on every process, within five seconds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from uuid import uuid4

from smilero_core.db.session import Session
from smilero_core.identity.vault import Vault
from smilero_core.plugins.gate import switch
from smilero_sdk.ids import uuid7
from tests.conftest import LookedAt
from tests.support.application import Site
from tests.support.coupons import CAMPAIGNS, Till
from tests.support.foundations import Foundation, found
from tests.support.operations import body_of, operations, path_of, set_stage
from tests.support.web import Caller

WITHIN_SECONDS = 5.0


async def set_coupons(site: Site, foundation: Foundation, *, enabled: bool) -> None:
    async with site.database.unit(foundation.id) as unit:
        await switch(Session(unit), "coupons", enabled=enabled)


@asynccontextmanager
async def coupons_off(site: Site, foundation: Foundation) -> AsyncIterator[None]:
    await set_coupons(site, foundation, enabled=False)
    try:
        yield
    finally:
        await set_coupons(site, foundation, enabled=True)
        for process in range(2):
            await settled(site.caller(foundation, "owner", process=process), CAMPAIGNS, HTTPStatus.OK)


async def settled(caller: Caller, path: str, status: int) -> None:
    """Wait for an answer of a status. Raises TimeoutError when it does not come within what the product promises."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while (await caller.get(path)).status_code != status:  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(0.02)


async def test_off_shuts_every_operation_on_every_process(site: Site, looked_at: LookedAt) -> None:
    foundation, stage = site.bucheon, await set_stage(site, site.bucheon)
    shut = {name: one for name, one in operations().items() if one.source == "coupons"}
    looked_at("operations", list(shut))
    bodies = {name: await body_of(one, stage) for name, one in shut.items()}
    never = await site.caller(foundation, "owner").get("/api/v1/nothing")
    started = time.monotonic()
    async with coupons_off(site, foundation):
        for process in range(2):
            owner = site.caller(foundation, "owner", process=process)
            await settled(owner, CAMPAIGNS, HTTPStatus.NOT_FOUND)
            assert time.monotonic() - started < WITHIN_SECONDS
            for name, one in shut.items():
                path, body = path_of(one, stage.ids), bodies[name]
                for caller in (owner, owner.by(None), owner.by("smi_wrong"), owner.by(foundation.tokens["customer"])):
                    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
                        answer = await caller.ask(method, path, **({"json": body} if body else {}))
                        assert answer.status_code == HTTPStatus.NOT_FOUND, (name, method)
                        assert answer.content == (b"" if method == "HEAD" else never.content)
            # The other foundation has it as before, and so does this one its core.
            assert (await site.caller(site.seongnam, "owner", process=process).get(CAMPAIGNS)).status_code == HTTPStatus.OK
            assert (await owner.get("/api/v1/tenant")).status_code == HTTPStatus.OK
    again = await site.caller(foundation, "owner").get(CAMPAIGNS)
    assert stage.ids["campaign_id"] in [campaign["id"] for campaign in again.json()["items"]]


async def test_off_empties_the_slots_of_a_page(site: Site) -> None:
    till = Till(site, site.bucheon)
    await till.campaign(value=7_654)
    page = f"/storefront/shops/{site.bucheon.shop}"
    shown = await site.caller(site.bucheon).get(page)
    assert "7,654원" in shown.text
    async with coupons_off(site, site.bucheon):
        for process in range(2):
            await settled(site.caller(site.bucheon, "owner", process=process), CAMPAIGNS, HTTPStatus.NOT_FOUND)
            hidden = await site.caller(site.bucheon, process=process).get(page)
            assert hidden.status_code == HTTPStatus.OK
            assert "7,654" not in hidden.text
            assert "coupon" not in hidden.text
    assert "7,654원" in (await site.caller(site.bucheon).get(page)).text


async def test_what_was_never_switched_on_is_off(site: Site) -> None:
    vault = Vault(site.settings.secret_key.get_secret_value())
    foundation = await found(site.database, vault, f"t{uuid4().hex[:12]}", plugins=())
    owner = site.caller(foundation, "owner")
    assert (await owner.get(CAMPAIGNS)).status_code == HTTPStatus.NOT_FOUND
    assert (await owner.get("/api/v1/tenant")).json()["id"] == str(foundation.id)


async def test_a_row_for_what_is_not_installed_opens_nothing(site: Site) -> None:
    vault = Vault(site.settings.secret_key.get_secret_value())
    foundation = await found(site.database, vault, f"t{uuid4().hex[:12]}", plugins=("ghost", "storefront"))
    assert (await site.caller(foundation, "owner").get(f"/api/v1/ghost/{uuid7()}")).status_code == HTTPStatus.NOT_FOUND
    assert (await site.caller(foundation).get(f"/storefront/shops/{foundation.shop}")).status_code == HTTPStatus.OK
