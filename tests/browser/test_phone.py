"""Kept taps on a phone as phones are: its worker stopped, its store full or shut, its clock wrong, its line broken in the middle."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.test_offline import CUT, GIVEN, expect_heading, write_down
from tests.support.browser import Visitor, require_chromium
from tests.support.cluster import connected
from tests.support.demo import Demo
from tests.support.stall import CHECK, HOME, LIST, MERCHANT, REDEEM, Stall, open_coupon, redeemed, stall
from tests.support.waiting import until

ASKED = f"POST {REDEEM}".encode()
# Milliseconds: a request without an answer is given up after twelve seconds, and tried again after at most ten.
SLOWLY = 40_000
UNTOLD = "보냈지만 되지 않았어요."
PERHAPS = "그때 갔을 수도 있으니"
LATE = "하루가 지나서 보내지 않았어요."
STUMBLED = b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<h1>.</h1>"


async def come_back_to(at: Stall, *, instead: bytes | None = None, holds: bool = False) -> None:
    """Have the network again, over which the next tap is answered for the server, or its answer does not come."""
    at.line.instead = (ASKED, instead) if instead else None
    at.line.mend()
    at.line.holds = ASKED if holds else None
    await at.visitor.context.set_offline(offline=False)


async def becomes_unsure(at: Stall, *, whether: bool) -> None:
    """Wait until the one tap that is kept is said to have perhaps arrived, or not: the worker writes it down in its own time."""

    async def said() -> bool:
        return [one.get("unsure") for one in await at.taps()] == [whether]

    await until(said)


async def test_a_line_that_breaks_on_the_way_may_have_taken_the_tap_along(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        merchant.line.holds = ASKED
        await merchant.check(coupon)
        await merchant.answered_by_nobody()
        await merchant.go_dark()
        await expect_heading(merchant.page, "적어 두었어요")
        # Redeemed, and the phone knows that it does not know.
        assert await redeemed(demo, coupon) == 1
        await becomes_unsure(merchant, whether=True)
        await expect(merchant.page.locator(".tap.waiting [data-kept-drop]")).to_have_count(0)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.done")).to_contain_text(GIVEN, timeout=SLOWLY)
        assert await redeemed(demo, coupon) == 1


async def test_one_that_breaks_while_a_kept_tap_is_sent_as_well(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await becomes_unsure(merchant, whether=False)
        await come_back_to(merchant, holds=True)
        await merchant.answered_by_nobody()
        await merchant.go_dark()
        await merchant.sent()
        assert await redeemed(demo, coupon) == 1
        await becomes_unsure(merchant, whether=True)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.done")).to_contain_text(GIVEN, timeout=SLOWLY)
        assert await redeemed(demo, coupon) == 1


async def test_a_worker_that_is_stopped_while_it_sends_forgets_nothing(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await come_back_to(merchant, holds=True)
        await merchant.answered_by_nobody()
        await merchant.stop_worker()
        await merchant.go_dark()
        await merchant.visitor.go(LIST)
        await merchant.sent()
        await becomes_unsure(merchant, whether=True)
        await expect(merchant.page.locator(".tap.waiting [data-kept-drop]")).to_have_count(0)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.done")).to_contain_text(GIVEN, timeout=SLOWLY)
        assert await redeemed(demo, coupon) == 1


async def test_two_open_pages_send_it_once_and_both_say_so(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        other = await merchant.visitor.context.new_page()
        await other.goto(merchant.visitor.demo.address(LIST))
        await merchant.come_back()
        for page in (merchant.page, other):
            await expect(page.locator(".tap.done")).to_have_count(1)
        assert await redeemed(demo, coupon) == 1


async def test_what_the_server_stumbles_on_does_not_hold_up_the_next(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        first, second = await open_coupon(demo), await open_coupon(demo)
        await write_down(merchant, first)
        await merchant.check(second)
        await expect(merchant.page.locator(".tap.waiting")).to_have_count(2)
        await come_back_to(merchant, instead=STUMBLED)
        await expect(merchant.page.locator(".tap.done")).to_have_count(2, timeout=20_000)
        assert [await redeemed(demo, one) for one in (first, second)] == [1, 1]
        async with connected(demo.database_url) as admin:
            rows = await admin.fetch(
                "select claim_id from plugin_coupons.redemption where claim_id = any($1::uuid[]) order by redeemed_at",
                [first.claim, second.claim],
            )
        assert [row["claim_id"] for row in rows] == [second.claim, first.claim]


async def test_a_refusal_without_a_word_is_told_in_one_of_ours(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await come_back_to(merchant, instead=FORBIDDEN)
        await expect(merchant.page.locator(".tap.refused")).to_contain_text(UNTOLD)
        assert "{" not in await merchant.page.locator(".tap.refused").inner_text()
        await merchant.visitor.keep("phone-1-untold")


@pytest.mark.parametrize("hours", [25, -25])
async def test_a_clock_that_is_a_day_off_sends_nothing(demo: Demo, browser: Browser, hours: int) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await merchant.age_taps(hours=hours)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.late")).to_contain_text(LATE)
        assert await redeemed(demo, coupon) == 0


async def test_a_day_later_what_may_have_arrived_is_not_said_to_be_unsent(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        merchant.line.holds = ASKED
        await merchant.check(coupon)
        await merchant.answered_by_nobody()
        await merchant.go_dark()
        await expect_heading(merchant.page, "적어 두었어요")
        await merchant.age_taps(hours=25)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.late")).to_contain_text(PERHAPS)
        await expect(merchant.page.locator(".tap.late")).not_to_contain_text(LATE)
        await merchant.visitor.keep("phone-2-perhaps")
        assert await redeemed(demo, coupon) == 1


async def test_a_full_phone_goes_on_and_says_what_was_not_written_down(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await merchant.fill_up()
        # With the network nothing is missing, and nobody is told that it is away.
        for path in (HOME, CHECK, LIST):
            await merchant.visitor.go(path)
            await merchant.sent()
            await expect(merchant.page.get_by_text(CUT)).to_be_hidden()
        await merchant.go_dark()
        await merchant.check(coupon)
        await expect_heading(merchant.page, "보내지 못했어요")
        await merchant.visitor.keep("phone-3-full")
        assert await merchant.taps() == []


@pytest.mark.parametrize("store", ["Promise.reject(new Error('shut'))", "new Promise(() => {})"])
async def test_whoever_leaves_gets_out_whatever_the_phone_s_store_does(demo: Demo, browser: Browser, store: str) -> None:
    async with stall(browser, demo) as merchant:
        await merchant.visitor.context.add_init_script(f"window.caches && (CacheStorage.prototype.keys = () => {store});")
        await merchant.leave()
        await merchant.visitor.go(HOME)
        assert "/sign-in" in merchant.page.url


async def test_one_customer_s_number_does_not_wait_for_the_next(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await merchant.visitor.go(f"{CHECK}?code={coupon.code}")
        await expect(merchant.page.locator("[name=code]")).to_have_value(coupon.code)
        await merchant.sent()
        await merchant.go_dark()
        for address in (CHECK, f"{CHECK}?code=123456"):
            await merchant.visitor.go(address)
            await expect(merchant.page.get_by_text(CUT)).to_be_visible()
            await expect(merchant.page.locator("[name=code]")).to_have_value("")


async def test_a_kept_page_offers_no_undo_and_no_other_day_s_yesterday(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        await merchant.check(await open_coupon(demo))
        await merchant.page.wait_for_url("**/redemptions/**")
        await merchant.visitor.go(HOME)
        await expect(merchant.page.locator(".undo")).to_be_visible()
        said = await merchant.page.locator("h1").inner_text()
        await merchant.ready()
        await merchant.go_dark()
        await merchant.visitor.go(HOME)
        await expect(merchant.page.get_by_text(CUT)).to_be_visible()
        await expect(merchant.page.locator(".undo")).to_have_count(0)
        assert await merchant.page.locator("h1").inner_text() == said
        await merchant.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=26))
        await merchant.visitor.go(HOME)
        await expect(merchant.page.locator("h1")).to_contain_text("에 본 화면이에요.")
        await merchant.visitor.keep("phone-4-old")


async def test_a_page_that_comes_back_as_it_was_left_taps_anew(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        await merchant.visitor.go(CHECK)
        await expect(merchant.page.locator("form#check [name=kept_for]")).to_have_count(1)
        key = merchant.page.locator("form#check [name=idempotency_key]")
        before = await key.input_value()
        await merchant.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        assert await key.input_value() != before


async def test_chromium_would_install_it(demo: Demo, tmp_path: Path) -> None:
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path,
            executable_path=require_chromium(),
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 360, "height": 780},
            locale="ko-KR",
        )
        await demo.forget_counts()
        visitor = Visitor(demo, context, await context.new_page())
        asked: list[str] = []
        await context.expose_function("asksToInstall", lambda: asked.append("asked"))
        # Asked after all listeners, of which this is the first.
        await context.add_init_script(
            "addEventListener('beforeinstallprompt', (event) => setTimeout(() => event.defaultPrevented || asksToInstall()))"
        )
        await visitor.sign_in(HOME, MERCHANT)
        session = await context.new_cdp_session(visitor.page)
        manifest = await session.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert manifest["data"]
        # Not in private, so that no criterion is left out.
        assert (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
        assert asked == []
        await context.close()
