"""A merchant of sixty asks her daughter to help for a week; the daughter makes a coupon for her and takes it back, and it says so."""

from playwright.async_api import Browser, expect

from tests.browser.test_onboarding import link_sent
from tests.support.browser import DESK, Visitor, violations, visiting
from tests.support.demo import Demo

HER, DAUGHTER, STAFF = "010-0000-1001", "010-7777-9753", "010-0000-0002"


async def test_a_daughter_helps_for_a_week(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as her, visiting(browser, demo) as daughter:
        await her.sign_in("/portal/help", HER)
        await her.keep("9-help")
        await her.button("도와줄 사람").click()
        await her.keep("9-helpers-none")
        await her.button("도와줄 사람 부르기").click()
        for name, answer in (("long", "한 주"), ("limits", "쿠폰·가게 일"), ("who", "딸")):
            await her.keep(f"9-ask-{name}")
            assert await violations(her.page) == []
            await her.button(answer).click()
        await her.page.locator("[name=phone]").fill(DAUGHTER)
        await her.keep("9-ask-number")
        await her.button("문자 보내기").click()
        await expect(her.page.get_by_role("status")).to_contain_text("문자를 보냈어요")
        await her.keep("9-helpers-asked")

        await daughter.page.goto(await link_sent(daughter, "/help"))
        await daughter.page.get_by_label("이름").fill("박지은")
        await daughter.keep("9-offer")
        assert await violations(daughter.page) == []
        await daughter.button("네, 도울게요").click()
        await daughter.page.wait_for_url("**/portal")
        await expect(daughter.page.locator(".acting")).to_contain_text("대신 하고 있습니다")
        await daughter.keep("9-acting-home")
        assert await violations(daughter.page) == []
        await coupon(daughter)

        await her.page.reload()
        await expect(her.page.locator("main")).to_contain_text("박지은 님이")
        await expect(her.page.locator("main")).to_contain_text("쿠폰을 되돌렸습니다")
        await her.keep("9-helpers-lately")
        await her.button("이제 그만").click()
        await expect(her.page.get_by_role("status")).to_contain_text("끝냈어요")
        await daughter.go("/portal")
        await expect(daughter.page.get_by_role("heading")).to_have_text("도움이 끝났어요")
        await daughter.keep("9-over")
    async with visiting(browser, demo, viewport=DESK) as staff:
        await staff.sign_in("/console/audit", STAFF)
        await expect(staff.page.locator("main")).to_contain_text("박지은 님이")
        await staff.keep("9-audit")


async def coupon(daughter: Visitor) -> None:
    """Made in four taps, and taken back."""
    await daughter.go("/portal/coupons/new")
    for path in ("**/new/until**", "**/new/stock**", "**/made"):
        await daughter.page.locator(".answer").first.click()
        await daughter.page.wait_for_url(path)
    await daughter.keep("9-acting-made")
    await daughter.page.locator(".undo button").click()
    await daughter.page.wait_for_url("**/campaigns?undone=true")
    await daughter.keep("9-acting-list")
