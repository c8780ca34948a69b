"""The network goes, the merchant goes on, the network returns: each tap is carried out once, and what did not go is said plainly."""

import asyncio
import re

from playwright.async_api import Browser, Page, expect

from tests.support.demo import Demo
from tests.support.stall import CHECK, CLERK, HOME, LIST, OTHER, REDEEM, Coupon, Stall, end_sessions, open_coupon, redeemed, stall

GIVEN = re.compile("깎아 드렸어요")
CUT = "인터넷이 끊겼어요. 누르신 것은 적어 두었다가 보내 드려요."
USED = "이미 쓴 쿠폰이에요."
SIGNED_OUT = "지금은 나가 계셔서 보내지 못했어요."
SOMEBODY_ELSE = "다른 분이나 다른 가게에서 누르신 것 1개를 아직 보내지 못했어요."
A_DAY_LATE = "하루가 지나서 보내지 않았어요."


async def expect_heading(page: Page, words: str) -> None:
    await expect(page.locator("h1 [data-kept-why]:visible")).to_have_text(words)


async def write_down(at: Stall, coupon: Coupon) -> None:
    """Check a coupon without network."""
    await at.go_dark()
    await at.check(coupon)
    await expect_heading(at.page, "적어 두었어요")


async def test_a_coupon_taken_without_network_is_redeemed_once(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await merchant.go_dark()
        await merchant.visitor.go(HOME)
        await expect(merchant.page.get_by_text(CUT)).to_be_visible()
        await merchant.visitor.keep("offline-1-home")
        await merchant.visitor.go(CHECK)
        await expect(merchant.page.get_by_text(CUT)).to_be_visible()
        await merchant.visitor.keep("offline-2-check")
        await merchant.visitor.press(coupon.code)
        await expect_heading(merchant.page, "적어 두었어요")
        await expect(merchant.page.locator(".tap.waiting")).to_contain_text(f"쿠폰 {coupon.code}")
        await merchant.visitor.keep("offline-3-written-down")
        await merchant.visitor.go(CHECK)
        await expect(merchant.page.get_by_text("보낼 것 1개")).to_be_visible()
        await merchant.visitor.keep("offline-4-waiting")
        assert await redeemed(demo, coupon) == 0
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.done")).to_contain_text(GIVEN)
        await expect(merchant.page.get_by_text(CUT)).to_be_hidden()
        await merchant.visitor.keep("offline-5-done")
        assert await redeemed(demo, coupon) == 1
        await merchant.visitor.go(LIST)
        await expect_heading(merchant.page, "이렇게 됐어요")
        await merchant.visitor.button("자세히").click()
        await expect(merchant.visitor.button("되돌리기")).to_be_visible()
        await merchant.visitor.go(LIST)
        await merchant.visitor.button("알겠어요").click()
        await expect_heading(merchant.page, "보낼 것이 없어요")
        assert await merchant.taps() == []


async def test_of_two_phones_with_one_coupon_one_is_told_that_it_is_used(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant, stall(browser, demo, CLERK) as clerk:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await write_down(clerk, coupon)
        await clerk.come_back()
        await expect(clerk.page.locator(".tap.done")).to_contain_text(GIVEN)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.refused")).to_contain_text(USED)
        await merchant.visitor.keep("offline-6-conflict")
        assert await redeemed(demo, coupon) == 1
        # Told and not tried again.
        assert [one["state"] for one in await merchant.taps()] == ["refused"]


async def test_a_lost_answer_is_asked_for_again(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        merchant.line.loses = f"POST {REDEEM}".encode()
        await merchant.check(coupon)
        await expect_heading(merchant.page, "적어 두었어요")
        assert merchant.line.lost > 0
        assert await redeemed(demo, coupon) == 1
        # It may have arrived, and it has: it cannot be taken back from the list.
        await expect(merchant.page.locator(".tap.waiting")).to_be_visible()
        await expect(merchant.page.locator(".tap.waiting [data-kept-drop]")).to_be_hidden()
        merchant.line.mend()
        await expect(merchant.page.locator(".tap.done")).to_contain_text(GIVEN, timeout=20_000)
        assert await redeemed(demo, coupon) == 1


async def test_a_page_that_was_closed_meanwhile_loses_nothing(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await merchant.page.close()
        await merchant.come_back()
        merchant.visitor.page = await merchant.visitor.context.new_page()
        await merchant.visitor.go(HOME)
        await expect(merchant.page.locator(".tap.done")).to_contain_text(GIVEN)
        assert await redeemed(demo, coupon) == 1


async def test_who_was_signed_out_meanwhile_is_told_and_goes_on(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await end_sessions(demo)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.out")).to_contain_text(SIGNED_OUT)
        await merchant.visitor.keep("offline-7-signed-out")
        assert await redeemed(demo, coupon) == 0
        assert await merchant.kept_pages() == []
        await merchant.visitor.button("다시 들어가기").click()
        await merchant.visitor.answer_sign_in("010-0000-1001")
        await expect(merchant.page.locator(".tap.done")).to_contain_text(GIVEN)
        assert await redeemed(demo, coupon) == 1


async def test_a_tap_is_never_sent_as_somebody_else(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as phone:
        coupon = await open_coupon(demo)
        await write_down(phone, coupon)
        await end_sessions(demo)
        await phone.come_back()
        await expect(phone.page.locator(".tap.out")).to_be_visible()
        await phone.visitor.sign_in(HOME, OTHER)
        await expect(phone.page.get_by_text(SOMEBODY_ELSE)).to_be_visible()
        await phone.visitor.keep("offline-8-somebody-else")
        await phone.visitor.go(LIST)
        await expect(phone.page.get_by_text(SOMEBODY_ELSE)).to_be_visible()
        await phone.sent()
        assert [one["stopped"] for one in await phone.taps()] == ["other"]
        assert await redeemed(demo, coupon) == 0
        await phone.leave()
        await phone.visitor.sign_in(HOME, "010-0000-1001")
        await expect(phone.page.locator(".tap.done")).to_contain_text(GIVEN)
        assert await redeemed(demo, coupon) == 1


async def test_kept_pages_are_never_shown_to_somebody_else(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as phone, stall(browser, demo, OTHER) as other:
        await phone.visitor.go(HOME)
        await expect(phone.page.locator(".portal-name b")).to_have_text("누리빵집")
        # No page between them: the next one of the portal is somebody else's.
        await phone.visitor.context.add_cookies(await other.visitor.context.cookies())  # type: ignore[arg-type]  # what it gives, it takes
        await phone.visitor.go(HOME)
        await phone.ready()
        await phone.go_dark()
        await phone.visitor.go(CHECK)
        await phone.visitor.go(HOME)
        await expect(phone.page.get_by_text(CUT)).to_be_visible()
        await expect(phone.page.locator(".portal-name b")).not_to_have_text("누리빵집")
        assert sorted(await phone.kept_pages()) == sorted([HOME, CHECK, LIST])


async def test_the_browser_wakes_the_worker_when_no_page_is_open(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await merchant.visitor.go(HOME)
        wake = await merchant.waker()
        await merchant.page.close()
        await merchant.come_back()
        await wake()
        async with asyncio.timeout(20):
            while await redeemed(demo, coupon) == 0:  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.05)
        assert await redeemed(demo, coupon) == 1


async def test_two_taps_are_one(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await merchant.go_dark()
        await merchant.visitor.go(CHECK)
        await merchant.visitor.press(coupon.code[:-1])
        await merchant.page.locator(f'[data-key="{coupon.code[-1]}"]').dblclick()
        await expect_heading(merchant.page, "적어 두었어요")
        assert len(await merchant.taps()) == 1
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.done")).to_have_count(1)
        assert await redeemed(demo, coupon) == 1


async def test_a_tap_can_be_taken_back_before_it_is_sent(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await merchant.visitor.button("되돌리기").click()
        await expect_heading(merchant.page, "보낼 것이 없어요")
        await merchant.come_back()
        await merchant.sent()
        assert await redeemed(demo, coupon) == 0


async def test_a_tap_of_yesterday_is_not_sent(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await merchant.age_taps(hours=25)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.late")).to_contain_text(A_DAY_LATE)
        assert await redeemed(demo, coupon) == 0


async def test_what_must_not_be_kept_is_not(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        await merchant.visitor.go("/portal/sessions")
        await merchant.go_dark()
        await merchant.page.locator("form[action$='/end'] button").first.click()
        await expect_heading(merchant.page, "보내지 못했어요")
        await merchant.visitor.keep("offline-9-unsent")
        assert await merchant.taps() == []
        await merchant.visitor.go("/portal/me")
        await expect_heading(merchant.page, "지금은 열 수 없어요")
        await merchant.come_back()
        await merchant.visitor.go("/portal/me")
        assert merchant.page.url.endswith("/portal/me")


async def test_who_leaves_leaves_nothing_on_the_phone(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        coupon = await open_coupon(demo)
        await write_down(merchant, coupon)
        await merchant.come_back()
        await expect(merchant.page.locator(".tap.done")).to_be_visible()
        await merchant.ready()
        await merchant.leave()
        assert await merchant.kept_pages() == []
        assert await merchant.taps() == []


async def test_it_can_be_put_on_the_phone_and_never_asks_for_it(demo: Demo, browser: Browser) -> None:
    async with stall(browser, demo) as merchant:
        session = await merchant.visitor.context.new_cdp_session(merchant.page)
        found = await session.send("Page.getAppManifest")
        assert found["errors"] == []
        assert (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"] in (
            [],
            [{"errorId": "in-incognito", "errorArguments": []}],
        )
        assert await merchant.page.evaluate("dispatchEvent(new Event('beforeinstallprompt', { cancelable: true }))") is False
