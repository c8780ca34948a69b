"""A coupon from the stall to the till, as merchant, customers and clerk have it on their phones."""

import re
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.support.browser import Visitor, chromium, visiting
from tests.support.camera import film
from tests.support.demo import Demo
from tests.support.qr import modules

MERCHANT, CLERK = "010-0000-1001", "010-0000-1501"
CUSTOMERS = ("010-0000-2001", "010-0000-2002")

# Counts what the person does, over all pages of the window.
_COUNT_ACTS = """
for (const kind of ['click', 'keydown']) document.addEventListener(kind, (event) => {
  if (event.isTrusted) sessionStorage[kind] = Number(sessionStorage[kind] ?? 0) + 1;
}, true);
"""


async def acts(visitor: Visitor) -> tuple[int, int]:
    """Taps and keys so far."""
    counted = await visitor.page.evaluate("[sessionStorage.click ?? 0, sessionStorage.keydown ?? 0].map(Number)")
    return counted[0], counted[1]


async def make(merchant: Visitor, amount: str) -> tuple[str, str]:
    """Make a coupon from the portal's home; its campaign's address and the one that is shared."""
    await merchant.go("/portal")
    for answer in ("쿠폰 만들기", amount, "일주일", "30분"):
        await merchant.keep(f"1-merchant-{len(answer)}-{answer.split(',')[0].rstrip('%')}")
        await merchant.page.get_by_text(answer, exact=True).click()
    await merchant.page.wait_for_url("**/made")
    await merchant.keep("1-merchant-made")
    shared = await merchant.page.locator("[data-share-url]").get_attribute("data-share-url")
    assert shared
    return merchant.page.url.removesuffix("/made").partition(str(merchant.demo.port))[2], shared


async def take(customer: Visitor, shared: str, phone: str) -> str:
    """Follow a shared link, take the coupon and return its number."""
    await customer.page.goto(shared)
    await customer.keep("2-customer-coupon")
    await customer.button("쿠폰 받기").click()
    await customer.page.wait_for_url("**/sign-in**")
    await customer.keep("2-customer-sign-in")
    await customer.answer_sign_in(phone)
    await customer.button("쿠폰 받기").click()
    await customer.page.wait_for_url("**/claims/**")
    await customer.keep("2-customer-mine")
    shown = re.search(r"(\d{3}) (\d{3})", await customer.page.locator("main").inner_text())
    assert shown
    return "".join(shown.groups())


async def show_to_camera(customer: Visitor, path: Path) -> None:
    """Hold the customer's coupon before a camera."""
    drawing = customer.page.locator(".qr svg")
    box, lines = await drawing.get_attribute("viewBox"), await drawing.locator("path").get_attribute("d")
    assert box
    assert lines
    film(path, modules(int(box.split()[2]), lines))


async def test_a_coupon_is_made_in_four_taps_and_redeemed_by_camera_and_by_number(demo: Demo, browser: Browser, tmp_path: Path) -> None:
    seen = tmp_path / "seen.y4m"
    camera = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={seen}")
    async with (
        visiting(browser, demo) as merchant,
        visiting(browser, demo) as first,
        visiting(browser, demo) as second,
        chromium(*camera) as with_camera,
        visiting(with_camera, demo) as clerk,
    ):
        await merchant.sign_in("/portal", MERCHANT)
        await merchant.context.add_init_script(_COUNT_ACTS)
        campaign, shared = await make(merchant, "2,000원")
        assert await acts(merchant) == (4, 0)
        await merchant.go(campaign)
        counts = merchant.page.locator("[data-live-url]")
        await expect(counts).to_contain_text("0장 썼어요")
        await merchant.page.evaluate("window.stayed = true")

        await take(first, shared, CUSTOMERS[0])
        number = await take(second, shared, CUSTOMERS[1])
        await expect(counts).to_contain_text("2장 나갔어요")

        await show_to_camera(first, seen)
        await clerk.sign_in("/portal/coupons/check", CLERK)
        await clerk.keep("3-clerk-check")
        await clerk.button("사진으로 읽기").click()
        await clerk.page.wait_for_url("**/redemptions/**")
        await expect(clerk.page.get_by_role("heading")).to_have_text("2,000원 깎아 드리세요")
        await clerk.keep("3-clerk-result")
        await clerk.button("다음 손님").click()
        await clerk.press(number)
        await expect(clerk.page.get_by_role("heading")).to_have_text("2,000원 깎아 드리세요")

        await expect(counts).to_contain_text("2장 썼어요")
        assert await merchant.page.evaluate("window.stayed")
        await merchant.keep("4-merchant-counted")
        await first.page.reload()
        await expect(first.page.locator(".coupon.used")).to_be_visible()


async def test_a_percentage_is_said_at_the_till(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as merchant, visiting(browser, demo) as customer:
        await merchant.sign_in("/portal", MERCHANT)
        _, shared = await make(merchant, "10%")
        number = await take(customer, shared, "010-0000-2003")
        # The till's own page, as a phone's camera opens it by itself: the number is there, and waits for a tap.
        await merchant.go(f"/coupons/r/{number}")
        await expect(merchant.page.locator("[name=code]")).to_have_value(number)
        await merchant.page.locator("[data-plain]:visible").click()
        await merchant.page.wait_for_url("**/redemptions/**")
        await expect(merchant.page.get_by_role("heading")).to_have_text("10% 깎아 드리세요")
