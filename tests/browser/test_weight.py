"""How much a phone must load before it shows a page for the first time (check G3): at most 100 kB, compressed, without fonts."""

import sys
from collections import Counter
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, CDPSession

from tests.conftest import LookedAt
from tests.support.browser import Visitor, visiting
from tests.support.cluster import connected
from tests.support.demo import Demo

pytestmark = pytest.mark.suite("G3")

MOST = 100_000
# Bytes that compressing would not make fewer packets of.
SMALL = 1_000
# What is counted, in the browser's words for kinds of files.
KINDS = ("Document", "Stylesheet", "Script", "Image", "Other")
MERCHANT = "010-0000-1001"


@dataclass
class Weight:
    """Bytes as they came over the line, by kind; headers are in them."""

    bytes: Counter[str] = field(default_factory=Counter)
    uncompressed: list[str] = field(default_factory=list)
    _kinds: dict[str, str] = field(default_factory=dict)

    async def watch(self, session: CDPSession) -> None:
        """Count from now on."""
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)
        await session.send("Network.enable")

    @property
    def total(self) -> int:
        """Without fonts."""
        return sum(size for kind, size in self.bytes.items() if kind != "Font")

    def _received(self, event: dict[str, object]) -> None:
        kind, response = str(event["type"]), event["response"]
        assert isinstance(response, dict)
        self._kinds[str(event["requestId"])] = kind if kind in {*KINDS, "Font"} else "Other"
        headers = {name.lower(): value for name, value in response["headers"].items()}
        small = int(headers.get("content-length", SMALL)) < SMALL
        if kind in {"Document", "Stylesheet", "Script"} and "content-encoding" not in headers and not small:
            self.uncompressed.append(str(response["url"]))

    def _finished(self, event: dict[str, object]) -> None:
        size = event["encodedDataLength"]
        assert isinstance(size, int | float)
        self.bytes[self._kinds.get(str(event["requestId"]), "Other")] += int(size)


async def weigh(visitor: Visitor, path: str) -> Weight:
    """Open a page as for the first time: with nothing kept from another."""
    weight, session = Weight(), await visitor.context.new_cdp_session(visitor.page)
    await weight.watch(session)
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await visitor.go(path)
    await visitor.page.wait_for_load_state("networkidle")
    await session.detach()
    return weight


async def _places(demo: Demo) -> dict[str, str]:
    """A foundation's largest pages: the market of most shops, a shop with a coupon, and that coupon."""
    async with connected(demo.database_url) as admin:
        tenant = await admin.fetchval("select id from core.tenant where slug = 'busan'")
        market = await admin.fetchval(
            "select market_id from core.shop where tenant_id = $1 and status <> 'left' group by 1 order by count(*) desc limit 1", tenant
        )
        coupon = await admin.fetchrow(
            "select id, shop_id from plugin_coupons.campaign where tenant_id = $1 and ends_at > now() and claimed < stock limit 1", tenant
        )
    assert coupon
    return {
        "front page": "/",
        "largest market": f"/storefront/markets/{market}",
        "shop": f"/storefront/shops/{coupon['shop_id']}",
        "coupon": f"/coupons/c/{coupon['id']}",
        "sign in": "/sign-in?face=portal&next=/portal",
    }


async def test_a_first_view_is_light(browser: Browser, demo: Demo, looked_at: LookedAt) -> None:
    seen: dict[str, Weight] = {}
    for name, path in (await _places(demo)).items():
        async with visiting(browser, demo, slug="busan") as visitor:
            seen[name] = await weigh(visitor, path)
    # Without the worker, which has what a first view has not.
    async with visiting(browser, demo, slug="busan", service_workers="block") as visitor:
        # What the tool says of it.
        visitor.expected = (*visitor.expected, "Service Worker registration blocked")
        await visitor.sign_in("/portal", MERCHANT)
        for name, path in {"portal home": "/portal", "check a coupon": "/portal/coupons/check", "help": "/portal/help"}.items():
            seen[name] = await weigh(visitor, path)
    looked_at("first views", list(seen))
    _print(seen)
    assert {name: one.total for name, one in seen.items() if one.total > MOST} == {}
    assert {name: one.uncompressed for name, one in seen.items() if one.uncompressed} == {}
    assert all(one.bytes["Document"] and one.bytes["Stylesheet"] for one in seen.values())


def _print(seen: dict[str, Weight]) -> None:
    lines = [f"{'first view, bytes':<18}" + "".join(f"{kind:>12}" for kind in (*KINDS, "total", "Font"))]
    for name, one in seen.items():
        lines.append(f"{name:<18}" + "".join(f"{one.bytes[kind]:>12,}" for kind in KINDS) + f"{one.total:>12,}{one.bytes['Font']:>12,}")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
