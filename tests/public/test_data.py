"""What search engines read of a page: schema.org's words, whole, and closed against every name."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from smilero_core.registry.categories import Category
from smilero_storefront.things import AHEAD, TYPES, opening
from tests.conftest import LookedAt
from tests.support.coupons import Till
from tests.support.faces import Guest, Town

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
BUSINESS = {"name", "url", "address", "image"}
# What each type must have: of schema.org nothing, of whoever shows it (developers.google.com/search/docs) and of us this.
NEEDED: dict[str, set[str]] = {
    **{kind: BUSINESS | {"containedInPlace"} for kind in {*TYPES.values(), "LocalBusiness"}},
    "ShoppingCenter": BUSINESS,
    "Offer": {"name", "url", "validThrough", "availability", "offeredBy", "image"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "PostalAddress": {"streetAddress", "addressLocality", "addressCountry"},
    "GeoCoordinates": {"latitude", "longitude"},
    "OpeningHoursSpecification": {"validFrom", "validThrough", "opens", "closes"},
}
# Named within another thing, these are a name and an address.
INNER = {"ShoppingCenter": {"name", "@id"}, "LocalBusiness": {"name", "url"}}
EVIL = '</script><script src="//evil.example/x.js"></script><!--<script>'


async def things(guest: Guest, path: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in BLOCK.findall((await guest.get(path)).text)]


def faults(thing: object, *, outer: bool = True) -> Iterator[str]:
    if isinstance(thing, list):
        for one in thing:
            yield from faults(one, outer=outer)
    elif isinstance(thing, dict):
        kind = thing.get("@type", "")
        needed = NEEDED.get(kind) if outer else INNER.get(kind, NEEDED.get(kind))
        if needed is None:
            yield f"{kind} is not on the list"
        else:
            yield from (f"{kind} has no {name}" for name in needed if thing.get(name) in (None, "", []))
        yield from (f"{kind}.{name} is empty" for name, value in thing.items() if value in (None, "", [], {}))
        for name, value in thing.items():
            if name in {"url", "item", "@id", "image"} and not str(value).startswith("http://"):
                yield f"{kind}.{name} is no whole address"
            yield from faults(value, outer=False)


async def test_each_page_says_what_it_is(town: Town, looked_at: LookedAt) -> None:
    guest = town.guest()
    campaign = await Till(town.site, town.foundation).campaign()
    wanted = {
        f"/storefront/markets/{town.foundation.market}": ["ShoppingCenter", "BreadcrumbList"],
        f"/storefront/markets/{town.foundation.five_day}": ["ShoppingCenter", "BreadcrumbList"],
        f"/storefront/shops/{town.foundation.shop}": ["Bakery", "BreadcrumbList"],
        f"/coupons/c/{campaign['id']}": ["Offer"],
    }
    seen = {path: await things(guest, path) for path in wanted}
    looked_at("things of schema.org", [one["@type"] for told in seen.values() for one in told])
    assert {path: [one["@type"] for one in told] for path, told in seen.items()} == wanted
    assert [fault for told in seen.values() for one in told for fault in faults(one)] == []
    assert all(one["@context"] == "https://schema.org" for told in seen.values() for one in told)
    daily, five_day = (seen[f"/storefront/markets/{market}"][0] for market in (town.foundation.market, town.foundation.five_day))
    assert daily["openingHours"] == "Mo-Su"
    days = [date.fromisoformat(one["validFrom"]) for one in five_day["specialOpeningHoursSpecification"]]
    assert days
    assert {day.day % 5 for day in days} == {4}
    # Without `opens` schema.org takes a day for a closed one.
    assert {(one["opens"], one["closes"]) for one in five_day["specialOpeningHoursSpecification"]} == {("00:00", "23:59")}
    trail = seen[f"/storefront/shops/{town.foundation.shop}"][1]["itemListElement"]
    assert [one["item"].removeprefix(f"http://{guest.host}") for one in trail] == [
        "/",
        f"/storefront/markets/{town.foundation.market}",
        f"/storefront/shops/{town.foundation.shop}",
    ]


async def test_what_is_over_is_offered_no_more(town: Town) -> None:
    campaign = await Till(town.site, town.foundation).campaign()
    await town.site.admin.execute("update plugin_coupons.campaign set ends_at = now() where tenant_id = $1", town.foundation.id)
    assert await things(town.guest(), f"/coupons/c/{campaign['id']}") == []


async def test_no_name_breaks_out_of_the_block(town: Town) -> None:
    await town.site.admin.execute("update core.shop set name = $2 where id = $1", town.foundation.shop, EVIL)
    await town.site.admin.execute("update core.market set name = $2 where id = $1", town.foundation.market, EVIL)
    campaign = await Till(town.site, town.foundation).campaign()
    for path in (
        f"/storefront/shops/{town.foundation.shop}",
        f"/storefront/markets/{town.foundation.market}",
        f"/coupons/c/{campaign['id']}",
    ):
        page = (await town.guest().get(path)).text
        assert re.findall(r"<script(?! type=\"(?:module\" src=\"/static/|application/ld\+json\">\{))[^>]*>", page) == []
        assert "<!--" not in page
        # And it is still told as it is.
        assert EVIL in json.dumps([json.loads(text) for text in BLOCK.findall(page)], ensure_ascii=False).replace('\\"', '"')


def test_every_category_is_a_business() -> None:
    assert {category.value for category in Category} == TYPES.keys()


@pytest.mark.parametrize("closed", [0, 1, 4])
def test_a_market_that_is_open_nearly_every_day_names_the_days_on_which_it_is_not(closed: int) -> None:
    today = date(2026, 9, 20)
    ahead = [today + timedelta(days=number) for number in range(AHEAD.days)]
    told = opening(ahead[closed:], today)
    assert told["openingHours"] == "Mo-Su"
    special = told.get("specialOpeningHoursSpecification", [])
    assert [one["validFrom"] for one in special] == [day.isoformat() for day in ahead[:closed]]
    assert all((one["opens"], one["closes"]) == ("00:00", "00:00") for one in special), "how search engines are told of a closed day"


@pytest.mark.parametrize(
    ("phone", "told"),
    [
        ("0512431128", "+82512431128"),
        ("02-123-4567", "+8221234567"),
        ("1588-1234", "+8215881234"),
        ("+82 10-1234-5678", "+821012345678"),
        ("+82 (0)2 1234 5678", "+82212345678"),
        ("", None),
    ],
)
async def test_a_number_is_told_as_one_dials_it_from_abroad(town: Town, phone: str, told: str | None) -> None:
    sql = "update core.market set phone = $2, latitude = 35.1, longitude = 129.02 where id = $1"
    await town.site.admin.execute(sql, town.foundation.market, phone)
    (market, _) = await things(town.guest(), f"/storefront/markets/{town.foundation.market}")
    assert market.get("telephone") == told
    assert market["geo"] == {"@type": "GeoCoordinates", "latitude": 35.1, "longitude": 129.02}


async def test_what_is_not_for_everybody_is_not_for_search_engines(town: Town) -> None:
    merchant = await town.signed_in("merchant")
    for path in ("/portal", "/sign-in", "/portal/help", "/nowhere"):
        page = (await merchant.get(path, follow_redirects=False)).text
        if page:
            assert '<meta name="robots" content="noindex">' in page, path
            assert "og:" not in page
            assert 'rel="canonical"' not in page
