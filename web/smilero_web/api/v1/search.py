"""Search, and the plugins' figures."""

import unicodedata
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from smilero_core.identity.access import MEASURES_READ
from smilero_core.plugins.context import Context
from smilero_sdk.answers import Period, Unit
from smilero_sdk.api import Api
from smilero_sdk.errors import Problem
from smilero_sdk.pages import Face
from smilero_tenants.faces.visit import ROLES
from smilero_tenants.measures.asking import figures
from smilero_tenants.search.asking import LONGEST, find

search_api = Api()

MOST_DAYS = 400
_USUAL_DAYS = 30


class SearchQuery(BaseModel):
    """What is looked for: a part of a name, or its initial consonants."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    q: Annotated[str, Field(max_length=LONGEST)] = ""


class FoundShopOut(BaseModel):
    """A shop of the registry. `url` is a path of this host, null where no page shows it."""

    id: UUID
    title: str
    detail: str
    url: str | None


class HitOut(BaseModel):
    """Something of a plugin's."""

    title: str
    detail: str
    url: str


class HitGroup(BaseModel):
    """What one plugin has found, the best first."""

    plugin: str
    title: str
    hits: list[HitOut]


class SearchOut(BaseModel):
    """What was found, and for which face the addresses are."""

    q: str
    face: Face
    shops: list[FoundShopOut]
    groups: list[HitGroup]


class MeasuresQuery(BaseModel):
    """Which days, both included; the last thirty where nothing is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: date | None = None
    last: date | None = None


class MeasureOut(BaseModel):
    """A figure that a plugin can give."""

    plugin: str
    name: str
    unit: Unit
    title: str


class MeasureValueOut(BaseModel):
    """A figure of a day; `shop_id` null: of the foundation as a whole. Days without anything are left out."""

    plugin: str
    measure: str
    day: date
    shop_id: UUID | None
    value: int


class MeasuresOut(BaseModel):
    """The figures of a period. Plugins under `missing` gave none that can be used: their part is not in it."""

    first: date
    last: date
    measures: list[MeasureOut]
    values: list[MeasureValueOut]
    missing: list[str]


@search_api.get("/search", permission=None)
async def search(ctx: Context, query: SearchQuery) -> SearchOut:
    """Shops by name, goods or stall, and what the plugins have, for whoever asks."""
    face, asked = _face(ctx), unicodedata.normalize("NFC", query.q)
    found = await find(ctx, face, asked)
    return SearchOut(
        q=asked,
        face=face,
        shops=[FoundShopOut.model_validate(shop, from_attributes=True) for shop in found.shops],
        groups=[HitGroup.model_validate(group, from_attributes=True) for group in found.groups],
    )


@search_api.get("/measures", permission=MEASURES_READ)
async def read_measures(ctx: Context, query: MeasuresQuery) -> MeasuresOut:
    """What the plugins count, by day and shop, for at most 400 days."""
    period = _period(query, ctx.today)
    given = await figures(ctx, period)
    return MeasuresOut(
        first=period.first,
        last=period.last,
        measures=[
            MeasureOut(plugin=plugin, name=one.name, unit=one.unit, title=ctx.text(f"{plugin}.measure.{one.name}"))
            for plugin, measures in given.measures.items()
            for one in measures
        ],
        values=[
            MeasureValueOut(plugin=plugin, measure=one.measure, day=one.day, shop_id=one.shop_id, value=one.value)
            for plugin, values in given.values.items()
            for one in values
        ],
        missing=list(given.missing),
    )


def _face(ctx: Context) -> Face:
    role = ctx.caller.role if ctx.caller else None
    return next((face for face, roles in ROLES.items() if role in roles), Face.PUBLIC)


def _period(query: MeasuresQuery, today: date) -> Period:
    last = query.last or today
    first = query.first or last - min(timedelta(days=_USUAL_DAYS - 1), last - date.min)
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise Problem("measures.period", HTTPStatus.UNPROCESSABLE_ENTITY, most=MOST_DAYS)
    return Period(first, last)
