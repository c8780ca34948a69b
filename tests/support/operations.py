"""What the router has, and a valid request for each operation."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import get_args
from uuid import UUID

from pydantic import BaseModel

from smilero_core.db.settings import DatabaseSettings
from smilero_web.api.operations import Mounted
from smilero_web.app import Application
from smilero_web.runtime import assemble
from smilero_web.settings import WebSettings
from tests.support.application import Site
from tests.support.approvals import keep_approval
from tests.support.coupons import Row, Till, campaign_body
from tests.support.foundations import Foundation

_CONVERTED = re.compile(r"\{(\w+)(?::\w+)?\}")


@cache
def operations() -> dict[str, Mounted]:
    """Every operation of the API, by its name."""
    return {mounted.name: mounted for mounted in Application(assemble(WebSettings()), DatabaseSettings()).operations}


@dataclass(frozen=True)
class Stage:
    """A foundation with one object of each kind.

    Attributes:
        ids: by the name of the parameter that takes them.
    """

    till: Till
    ids: Mapping[str, str]
    campaign: Row

    @property
    def foundation(self) -> Foundation:
        """Whose objects they are."""
        return self.till.foundation


async def set_stage(site: Site, foundation: Foundation) -> Stage:
    """Make one of each at the first shop, held by the customer."""
    till = Till(site, foundation)
    campaign = await till.campaign(stock=1000, per_person=100)
    claim = await till.claim(campaign)
    redemption = await till.redeem(claim["code"])
    ids = {
        "campaign_id": campaign["id"],
        "claim_id": claim["id"],
        "redemption_id": redemption["id"],
        "shop_id": str(foundation.shop),
        "market_id": str(foundation.market),
        "greeting_id": await _greeting(till),
        "approval_id": await keep_approval(site, foundation, "owner", "shop"),
    }
    return Stage(till, ids, campaign)


async def _greeting(till: Till) -> str:
    """Of the customer, to the first shop."""
    answer = await till.caller("customer").post(f"/api/v1/example/books/{till.foundation.shop}/greetings", {"text": "떡이 맛있어요"})
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return str(answer.json()["id"])


def path_of(mounted: Mounted, ids: Mapping[str, str]) -> str:
    """The address with its parameters."""
    return _CONVERTED.sub(lambda found: ids[found[1]], mounted.path)


async def body_of(mounted: Mounted, stage: Stage, who: str = "owner") -> Row | None:
    """A valid body for one of the cast, or None where there is none."""
    return await _BODIES[mounted.name](stage, who) if mounted.operation.body else None


async def _new_campaign(stage: Stage, who: str) -> Row:
    return campaign_body(shop_at(stage.foundation, who))


async def _new_greeting(_: Stage, __: str) -> Row:
    return {"text": "또 올게요"}


async def _open_claim(stage: Stage, who: str) -> Row:
    shop = shop_at(stage.foundation, who)
    maker = "other merchant" if who.startswith("other") else "merchant"
    made = await stage.till.campaign(maker, shop_id=str(shop)) if who.startswith("other") else stage.campaign
    return {"code": (await stage.till.claim(made))["code"], "shop_id": str(shop)}


def shop_at(foundation: Foundation, who: str) -> UUID:
    """Where somebody of the cast stands."""
    return foundation.other_shop if who.startswith("other") else foundation.shop


_BODIES: Mapping[str, Callable[[Stage, str], Awaitable[Row]]] = {
    "coupons.create_campaign": _new_campaign,
    "coupons.redeem_coupon": _open_claim,
    "example.write_greeting": _new_greeting,
}


def identifiers(model: type[BaseModel] | None) -> list[str]:
    """The fields of a model that take an id; a cursor is a place in a list."""
    fields = model.model_fields.items() if model else ()
    return [name for name, field in fields if UUID in (field.annotation, *get_args(field.annotation)) and name != "cursor"]
