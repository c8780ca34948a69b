"""Two people: the owner switches it on, a merchant asks and says why, somebody of the staff confirms, and both see what became of it."""

import re

from playwright.async_api import Browser, expect

from tests.support.browser import DESK, PHONE, Visitor, violations, visiting
from tests.support.demo import Demo

OWNER, HER, STAFF = "010-0000-0001", "010-0000-1001", "010-0000-0002"
LONG = "설 대목이라 손님이 아주 많이 오십니다. 지난해에도 이만큼 내어 모두 쓰였고, 상인회와도 이야기했습니다."


async def test_she_asks_says_why_and_somebody_else_confirms(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo, viewport=DESK) as owner:
        await owner.sign_in("/console/rights", OWNER)
        await looked_at(owner, "11-core-switches")
        await owner.go("/console/plugins/coupons")
        await owner.page.get_by_role("switch", name="큰 금액의 쿠폰 만들기").click()
        await expect(owner.page.get_by_role("switch", name="큰 금액의 쿠폰 만들기")).to_have_attribute("aria-checked", "true")

    async with visiting(browser, demo) as her, visiting(browser, demo, viewport=DESK) as staff:
        await her.sign_in("/portal/coupons/new/stock?value=10000&until=week", HER)
        await her.page.locator("button.answer").last.click()
        await her.page.wait_for_url(re.compile(r"/portal/approvals/"))
        await expect(her.page.get_by_role("heading", name="왜 필요한가요?")).to_be_visible()
        await looked_at(her, "11-asked")
        await her.page.locator("textarea[name=why]").fill(LONG)
        await her.button("까닭 보내기").click()
        await expect(her.page.get_by_role("heading", name="이렇게 적어 두었어요")).to_be_visible()
        await looked_at(her, "11-said-why")

        await staff.sign_in("/console/work", STAFF)
        await looked_at(staff, "11-todo")
        await staff.page.locator("a.todo", has_text="큰 금액의 쿠폰 만들기").first.click()
        await expect(staff.page.locator("main")).to_contain_text(LONG)
        await looked_at(staff, "11-desk-asks")
        # She writes it anew while the page is open: yes is said to what was read.
        await her.page.locator("textarea[name=why]").fill("다른 까닭입니다.")
        await her.button("까닭 고쳐 보내기").click()
        await expect(her.page.locator("textarea[name=why]")).to_have_value("다른 까닭입니다.")
        staff.expected = ("Failed to load resource: the server responded with a status of 409",)
        await staff.button("확인하고 실행하기").click()
        await expect(staff.page.get_by_role("alert")).to_contain_text("까닭을 고쳤습니다")
        await looked_at(staff, "11-desk-other-why")
        await staff.button("확인하고 실행하기").click()
        await expect(staff.page.locator("main")).to_contain_text("확인해서 실행했습니다")
        await looked_at(staff, "11-desk-done")

        await her.page.reload()
        await expect(her.page.locator("main")).to_contain_text("확인해서 실행했습니다")
        await looked_at(her, "11-done")
        await her.button("된 것 보기").click()
        await her.page.wait_for_url(re.compile(r"/made$"))


async def looked_at(visitor: Visitor, name: str) -> None:
    """Kept at its own width and at the other, and held to the rules of reading."""
    own = visitor.page.viewport_size
    other = DESK if own == PHONE else PHONE
    assert own
    await visitor.keep(name)
    assert await violations(visitor.page) == []
    await visitor.page.set_viewport_size({"width": other["width"], "height": other["height"]})
    await visitor.keep(f"{name}-{other['width']}")
    await visitor.page.set_viewport_size(own)
