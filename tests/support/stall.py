"""A stall whose phone may lose its network, and what the database says of its coupons."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from playwright.async_api import Browser, Page

from smilero_sdk.ids import uuid7
from tests.support.browser import Visitor, visiting
from tests.support.cluster import connected
from tests.support.demo import Demo
from tests.support.line import Line, line_to

MERCHANT, CLERK, OTHER = "010-0000-1001", "010-0000-1501", "010-0000-1002"
REDEEM = "/portal/coupons/redemptions"
HOME, CHECK, LIST = "/portal", "/portal/coupons/check", "/portal/kept"
# What the browser itself says on its console when a request does not come through, or is refused.
UNREACHED = ("Failed to load resource: ",)

_SECONDS = 20
# `wait_for_function` takes the promise of an async function for a yes.
_PAGES = """(async () => {
  const found = [];
  for (const name of (await caches.keys()).filter((one) => one.startsWith('smilero-pages-'))) {
    for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  }
  return found;
})()"""
# `wait_for_function` takes the promise of an async function for a yes.
_UNTIL_KEPT = f"""async (wanted) => {{
  for (;;) {{
    const found = await {_PAGES};
    if (navigator.serviceWorker.controller && wanted.every((one) => found.includes(one)) && await caches.has('smilero-built')) return;
    await new Promise(requestAnimationFrame);
  }}
}}"""
_TAPS = """new Promise((resolve) => {
  indexedDB.open('smilero-kept', 1).onsuccess = ({ target }) => {
    const transaction = target.result.transaction('taps', 'readwrite');
    const store = transaction.objectStore('taps');
    const all = store.getAll();
    all.onsuccess = () => hours && all.result.forEach((tap) => store.put({ ...tap, at: tap.at - hours * 3_600_000 }));
    transaction.oncomplete = () => {
      target.result.close();
      resolve(all.result);
    };
  };
})"""
_SENT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  const said = new Promise((resolve) => navigator.serviceWorker.addEventListener('message', resolve, { once: true }));
  active.postMessage({ mark: '', pages: [] });
  await said;
}"""


@dataclass(frozen=True)
class Coupon:
    """One in a customer's hand: its claim and the number to say."""

    claim: UUID
    code: str


@dataclass
class Stall:
    """Somebody at a stall."""

    visitor: Visitor
    line: Line

    @property
    def page(self) -> Page:
        """The phone's page."""
        return self.visitor.page

    async def ready(self) -> None:
        """Wait until the phone has all that it keeps."""
        async with asyncio.timeout(_SECONDS):
            await self.page.evaluate(_UNTIL_KEPT, [HOME, CHECK, LIST])

    async def go_dark(self) -> None:
        """Lose the network."""
        self.line.cut()
        await self.visitor.context.set_offline(True)

    async def answered_by_nobody(self) -> None:
        """Wait until the server has said something that did not arrive."""
        async with asyncio.timeout(_SECONDS):
            while not self.line.lost:  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.02)

    async def stop_worker(self) -> None:
        """Have the browser stop the worker, as it does at any moment when it wants the memory."""
        session = await self.visitor.context.new_cdp_session(self.page)
        await session.send("ServiceWorker.enable")
        await session.send("ServiceWorker.stopAllWorkers")

    async def fill_up(self) -> None:
        """Leave no room on the phone."""
        session = await self.visitor.context.new_cdp_session(self.page)
        await session.send("Storage.overrideQuotaForOrigin", {"origin": self.visitor.demo.address("").rstrip("/"), "quotaSize": 1})

    async def come_back(self) -> None:
        """Have the network again."""
        self.line.mend()
        await self.visitor.context.set_offline(False)

    async def check(self, coupon: Coupon) -> None:
        """Open the till's page and tap a number, the last digit of which sends it."""
        await self.visitor.go(CHECK)
        await self.visitor.press(coupon.code)

    async def leave(self) -> None:
        """Sign out on this phone."""
        await self.visitor.go("/portal/help")
        await self.page.locator("form[action='/sign-out'] button").click()
        await self.page.wait_for_url(lambda url: "/portal" not in url)

    async def sent(self) -> None:
        """Have the worker try whatever waits, and wait until it has: it speaks then."""
        await self.page.evaluate(_SENT)

    async def waker(self) -> Callable[[], Awaitable[object]]:
        """What does as the browser does once it has the network again, whether a page is open or not: the event of background sync."""
        other = await self.visitor.context.new_page()
        session = await self.visitor.context.new_cdp_session(other)
        known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def registered(told: dict[str, list[dict[str, str]]]) -> None:
            for one in told["registrations"]:
                if one["scopeURL"] == self.visitor.demo.address(HOME) and not known.done():
                    known.set_result(one["registrationId"])

        session.on("ServiceWorker.workerRegistrationUpdated", registered)
        await session.send("ServiceWorker.enable")
        async with asyncio.timeout(_SECONDS):
            registration = await known
        event = {"origin": self.visitor.demo.address(""), "registrationId": registration, "tag": "taps", "lastChance": False}
        return lambda: session.send("ServiceWorker.dispatchSyncEvent", event)

    async def kept_pages(self) -> list[str]:
        """The pages that the phone keeps."""
        listed: list[str] = await self.page.evaluate(_PAGES)
        return listed

    async def taps(self) -> list[dict[str, object]]:
        """What the phone has written down."""
        listed: list[dict[str, object]] = await self.page.evaluate(f"(hours) => {_TAPS}", 0)
        return listed

    async def age_taps(self, hours: int) -> None:
        """Let what is written down be older."""
        await self.page.evaluate(f"(hours) => {_TAPS}", hours)


@asynccontextmanager
async def stall(browser: Browser, demo: Demo, phone: str = MERCHANT) -> AsyncIterator[Stall]:
    """Somebody who is in, over a line of one's own, with a phone that has all that it keeps."""
    async with line_to(demo) as line, visiting(browser, line.demo) as visitor:
        visitor.expected = UNREACHED
        await visitor.sign_in(HOME, phone)
        one = Stall(visitor, line)
        await one.ready()
        yield one


async def open_coupon(demo: Demo) -> Coupon:
    """A new one of the shop of whoever signed in last: of its last campaign, in the hand of one of its customers."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    async with connected(demo.database_url) as admin:
        campaign = await admin.fetchval(
            """
            update plugin_coupons.campaign set ends_at = now() + interval '7 days', stock = stock + 1, claimed = claimed + 1 where id = (
              select k.id from plugin_coupons.campaign k where k.shop_id = (
                select m.shop_id from core.session s join core.membership m on m.person_id = s.person_id and m.ended_at is null
                where s.ended_at is null and m.shop_id is not null order by s.created_at desc, m.created_at, m.id limit 1)
                and exists (select from plugin_coupons.claim c where c.campaign_id = k.id and c.person_id is not null)
              order by k.created_at desc limit 1)
            returning id
            """
        )
        claim = await admin.fetchval(
            """
            insert into plugin_coupons.claim (tenant_id, id, campaign_id, shop_id, person_id, nth, code)
            select tenant_id, $1, campaign_id, shop_id, person_id, nth + 1, $3 from plugin_coupons.claim
            where campaign_id = $2 and person_id is not null order by nth desc limit 1 returning id
            """,
            uuid7(),
            campaign,
            code,
        )
    assert claim
    return Coupon(claim, code)


async def redeemed(demo: Demo, coupon: Coupon) -> int:
    """How often, asked of the database."""
    async with connected(demo.database_url) as admin:
        return int(await admin.fetchval("select count(*) from plugin_coupons.redemption where claim_id = $1", coupon.claim))


async def end_sessions(demo: Demo) -> None:
    """Sign everybody out, as from another device."""
    async with connected(demo.database_url) as admin:
        await admin.execute("update core.session set ended_at = now() where ended_at is null")
