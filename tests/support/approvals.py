"""Commands that need two: switched on, asked for, and looked up in the database."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.identity.vault import Vault
from smilero_core.plugins.approval_rows import Approvals, Asker, Body, Command, Told
from tests.support.application import Site
from tests.support.faces import Guest, Town, sentence
from tests.support.foundations import CAST, Foundation

LARGE = "/console/plugins/coupons/approvals/large"
MANY = {"value": "2000", "until": "week", "stock": "1000"}
FEW = {**MANY, "stock": "100"}
_ID = re.compile(r"/approvals/([0-9a-f-]{36})$")


async def keep_approval(site: Site, foundation: Foundation, asker: str, shop: str) -> str:
    """A coupon of a shop that one of the cast asked a second person for."""
    command = Command(
        "coupons",
        "coupons.large",
        "portal POST /campaigns",
        "coupons.manage",
        Body(form={"value": "1000", "until": "week", "stock": "10"}),
        Told("coupons.large.said", {"shop": shop}),
        "ko",
        foundation.shop,
    )
    async with site.database.unit(foundation.id) as unit:
        approvals = Approvals(Session(unit), foundation.id, Vault(site.settings.secret_key.get_secret_value()))
        held, _ = await approvals.keep(command, Asker(foundation.people[asker], CAST[asker][0]))
    return str(held)


@dataclass(frozen=True)
class Two:
    """A foundation that wants two people for large coupons."""

    town: Town

    async def turn(self, on: str = "true", who: str = "owner") -> Response:
        """Tap the switch."""
        return await (await self.town.signed_in(who)).post(LARGE, {"enabled": on}, key=str(uuid4()))

    async def asked(self, form: Mapping[str, str] = MANY, who: str = "merchant") -> str:
        """A large coupon asked for on the portal; its id among what waits."""
        answer = await self.ask(await self.town.signed_in(who), form)
        assert answer.status_code == HTTPStatus.SEE_OTHER, sentence(answer)
        return id_in(answer.headers["location"])

    async def ask(self, guest: Guest, form: Mapping[str, str] = MANY, key: str | None = None) -> Response:
        """Send the form of the third question."""
        return await guest.post("/portal/coupons/campaigns", form, key=key or str(uuid4()))

    async def campaigns(self) -> int:
        """How many there are."""
        return int(
            await self.town.site.admin.fetchval(
                "select count(*) from plugin_coupons.campaign where tenant_id = $1", self.town.foundation.id
            )
        )

    async def name(self, who: str) -> str:
        """Of one of the cast."""
        return str(await self.town.site.admin.fetchval("select name from core.person where id = $1", self.town.foundation.people[who]))

    async def row(self, held: str) -> Mapping[str, Any]:
        """As the database has it."""
        row = await self.town.site.admin.fetchrow("select * from core.approval where id = $1::text::uuid", held)
        assert row
        return dict(row)

    async def state(self, held: str) -> str:
        """How it is with it."""
        return str((await self.row(held))["state"])

    async def entries(self) -> Sequence[tuple[str, str, Mapping[str, Any]]]:
        """What is on record of the foundation: sentence, role, values; the oldest first."""
        rows = await self.town.site.admin.fetch(
            "select sentence, role, params from core.audit_entry where tenant_id = $1 order by at, id", self.town.foundation.id
        )
        return [(row["sentence"], row["role"], json.loads(row["params"])) for row in rows]

    async def said(self) -> list[str]:
        """The sentences about what needs two."""
        return [key.removeprefix("approvals.audit.") for key, _, _ in await self.entries() if key.startswith("approvals.audit.")]


def id_in(location: str) -> str:
    """Of what waits, in an address."""
    found = _ID.search(location)
    assert found, location
    return found[1]


async def two(town: Town) -> Two:
    """With the switch on."""
    made = Two(town)
    answer = await made.turn()
    assert answer.headers.get("location") == "/console/plugins/coupons", sentence(answer)
    return made
