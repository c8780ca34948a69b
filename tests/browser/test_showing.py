"""Two windows: a merchant on her phone reads out six digits, taps 허락, and the foundation's desk stands on her page."""

import re

from playwright.async_api import Browser, expect

from tests.support.browser import DESK, Visitor, violations, visiting
from tests.support.demo import Demo

HER, STAFF = "010-0000-1001", "010-0000-0002"
WHERE = "/portal/coupons/campaigns"


async def test_she_shows_her_screen_and_stops(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as her, visiting(browser, demo, viewport=DESK) as staff:
        await her.sign_in(WHERE, HER)
        await staff.sign_in("/console/screens", STAFF)
        await staff.keep("10-desk-code")
        assert await violations(staff.page) == []

        await her.go("/portal")
        await her.page.locator(f'a[href="{WHERE}"]').first.click()
        await her.page.wait_for_url(f"**{WHERE}")
        # The bar with its help stands below the first pages alone.
        await her.page.evaluate("location.assign('/portal/help')")
        await her.page.wait_for_url("**/portal/help")
        await her.keep("10-help")
        assert await violations(her.page) == []
        await her.button("화면 보여 주고 도움받기").click()
        shown = re.search(r"\d{3} \d{3}", await her.page.locator(".showing-code").inner_text())
        assert shown
        await her.keep("10-code")
        assert await violations(her.page) == []

        await staff.page.get_by_label("도움 번호").fill(shown[0])
        await staff.button("허락 구하기").click()
        await expect(staff.page.locator("main")).to_contain_text("허락을 기다리는 중")
        await staff.keep("10-desk-waiting")
        assert await violations(staff.page) == []

        # Her page asks by itself.
        await expect(her.page.get_by_role("heading", level=1)).to_contain_text("지금 보시는 화면을 볼까요?")
        await her.keep("10-question")
        assert await violations(her.page) == []
        await her.button("허락").click()
        await her.page.wait_for_url(f"**{WHERE}")
        await her.keep("10-shown")
        assert await violations(her.page) == []

        # And the desk goes there by itself.
        await staff.page.wait_for_url(f"**{WHERE}")
        await expect(staff.page.locator(".screen-bar")).to_contain_text("15분 남음")
        assert await staff.page.locator("h1").inner_text() == await her.page.locator("h1").inner_text()
        await staff.keep("10-desk-looks")
        assert await violations(staff.page) == []
        await touch(staff)
        await staff.go("/portal")

        await her.page.locator(".screen-bar").get_by_role("button", name="그만 보여 주기").click()
        await expect(her.page.get_by_role("heading", level=1)).to_have_text("보여 주기가 끝났어요")
        await her.keep("10-over")
        assert await violations(her.page) == []
        await staff.page.wait_for_url("**/console/screens")
        await expect(staff.page.get_by_role("status")).to_contain_text("끝났습니다")
        await staff.keep("10-desk-over")
        assert await violations(staff.page) == []
        await staff.go("/console/audit")
        await expect(staff.page.locator("main")).to_contain_text(f"님의 화면을 보았습니다: {WHERE}")
        await staff.keep("10-desk-audit")


async def touch(staff: Visitor) -> None:
    """Try to do something for her."""
    await staff.go("/portal/coupons/new/stock?value=1000&until=week")
    staff.expected = ("Failed to load resource: the server responded with a status of 403",)
    await staff.page.locator("button.answer").first.click()
    await expect(staff.page.locator("main")).to_contain_text("보기만 할 수 있어요")
    await staff.keep("10-desk-refused")
