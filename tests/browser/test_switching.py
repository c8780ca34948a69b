"""Two taps to a shop, a face, a linked foundation, at 360 px; and how two foundations come to be linked."""

import re
from collections import Counter

from playwright.async_api import Browser, expect

from tests.support.browser import DESK, PHONE, Visitor, visiting
from tests.support.demo import Demo

# One person of the demo at both foundations, as any number may be.
OWNER, MERCHANT = "010-0000-0001", "010-0000-1001"

# What the person taps, told at once: nothing of a page outlives the way to another host.
_TELL_TAPS = "addEventListener('click', (event) => { if (event.isTrusted) tapped(); }, true);"


async def counting(visitor: Visitor) -> Counter[str]:
    """Counts the taps of a window from its next page on, over all hosts."""
    counted: Counter[str] = Counter()
    await visitor.context.expose_function("tapped", lambda: counted.update(["taps"]))
    await visitor.context.add_init_script(_TELL_TAPS)
    return counted


async def link(visitor: Visitor, phone: str, there: str = "성남") -> None:
    """From the switch to a foundation, proved there by number and code, and linked; back at the switch, there."""
    await visitor.button("다른 재단 잇기").click()
    await visitor.keep("9-links")
    await visitor.page.get_by_role("button", name=there).click()
    await visitor.page.wait_for_url("**/sign-in**")
    slug, visitor.slug = visitor.slug, "seongnam"
    await visitor.answer_sign_in(phone)
    await expect(visitor.page.get_by_role("heading")).to_have_text("두 곳을 이을까요?")
    await visitor.keep("9-arrive")
    await visitor.button("네, 둘 다 저예요").click()
    await visitor.page.wait_for_url("**/switch")
    await visitor.keep("9-linked-there")
    visitor.slug = slug


async def test_a_merchant_links_a_foundation_and_goes_over_in_two_taps(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as her:
        await her.sign_in("/portal", MERCHANT)
        await her.keep("9-portal")
        await her.button("옮기기").click()
        await her.keep("9-switch-before")
        await link(her, MERCHANT)

        await her.context.clear_cookies(domain=re.compile("seongnam"))
        counted = await counting(her)
        await her.go("/portal")
        await her.button("옮기기").click()
        await her.keep("9-switch")
        await her.page.get_by_role("button", name="성남").click()
        await her.page.wait_for_url("http://seongnam.localhost:*/portal")
        await expect(her.page.locator(".portal-shop")).to_be_visible()
        assert counted["taps"] == 2
        # The way back leads to the switch: the page between the hosts is no place.
        await her.page.go_back()
        await her.page.wait_for_url("http://bucheon.localhost:*/switch")


async def test_every_shop_is_two_taps_away(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as her:
        await her.sign_in("/portal", MERCHANT)
        counted = await counting(her)
        await her.go("/portal")
        await her.button("옮기기").click()
        await her.page.locator("[name=shop_id]").first.click()
        await her.page.wait_for_url("**/portal")
        assert counted["taps"] == 2


async def test_staff_switch_from_the_desk_and_from_a_phone(demo: Demo, browser: Browser) -> None:
    for name, size in (("desk", DESK), ("phone", PHONE)):
        async with visiting(browser, demo, viewport=size) as staff:
            await staff.sign_in("/console/shops", OWNER)
            await staff.keep(f"9-console-{name}")
            counted = await counting(staff)
            await staff.page.reload()
            await staff.button("옮기기").click()
            await staff.keep(f"9-console-{name}-switch")
            await staff.button("손님 화면").click()
            await staff.page.wait_for_url(lambda url: url.endswith("/"))
            assert counted["taps"] == 2
            await staff.keep(f"9-public-{name}")
            await staff.button("다른 곳으로").click()
            await staff.button("사무실 화면").click()
            await staff.page.wait_for_url("**/console/**")
            assert counted["taps"] == 4
            await staff.go("/console/sessions")
            await staff.keep(f"9-console-{name}-sessions")


async def test_without_script_the_way_over_has_a_button(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo, slug="busan") as her:
        await her.sign_in("/portal", MERCHANT)
        kept = await her.context.storage_state()
    async with visiting(browser, demo, slug="busan", java_script_enabled=False, storage_state=kept) as plain:
        await plain.go("/switch")
        await plain.button("다른 재단 잇기").click()
        await plain.page.get_by_role("button", name="성남").click()
        await expect(plain.page.get_by_role("heading")).to_contain_text("가고 있어요")
        await plain.keep("9-hand-over")
        await plain.button("넘어가기").click()
        await plain.page.wait_for_url("http://seongnam.localhost:*/sign-in**")
