"""The counter and the stall: staff invite, the merchant taps the link in the message, and she is in her shop."""

import re

from playwright.async_api import Browser, expect

from tests.support.browser import DESK, OUTBOX, Visitor, visiting
from tests.support.demo import Demo

STAFF, HER = "010-0000-0002", "010-7777-4321"


async def link_sent(visitor: Visitor, path: str) -> str:
    """The newest link of a kind, read as a person reads it who tries the demo."""
    outbox = await visitor.context.new_page()
    await outbox.goto(visitor.demo.address(OUTBOX, visitor.slug))
    found = re.search(rf"https?://\S+{path}/\S+", await outbox.locator("main").inner_text())
    await outbox.close()
    assert found
    return found[0]


async def test_a_merchant_is_invited_at_the_counter_and_taps_once(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo, viewport=DESK) as staff, visiting(browser, demo) as her:
        await staff.sign_in("/console/shops", STAFF)
        await staff.keep("5-staff-shops")
        row = staff.page.get_by_role("row").nth(1)
        shop = (await row.get_by_role("rowheader").inner_text()).strip()
        await row.get_by_role("link", name="누가 일하나").click()
        await staff.page.get_by_label("휴대전화 번호").fill(HER)
        await staff.page.get_by_label("이름").fill("김순자")
        await staff.keep("5-staff-invite")
        await staff.button("문자로 초대하기").click()
        await expect(staff.page.get_by_role("status")).to_contain_text("초대 문자를 보냈습니다")
        await staff.keep("5-staff-invited")

        await her.page.goto(await link_sent(her, "/join"))
        await expect(her.page.get_by_role("heading")).to_have_text(f"{shop} 사장님이신가요?")
        await her.keep("6-merchant-join")
        await her.button("네, 들어갈게요").click()
        await her.page.wait_for_url("**/portal")
        await expect(her.page.locator(".portal-shop")).to_contain_text(shop)
        await her.keep("6-merchant-home")

        await her.button("도와줘요").click()
        await her.keep("6-merchant-help")
        await her.button("어디서 쓰고 있나요").click()
        await expect(her.page.locator(".use")).to_have_count(1)
        await her.keep("6-merchant-sessions")

        await staff.page.reload()
        await staff.page.get_by_role("row", name="김순자").get_by_role("link", name="권한 거두기").click()
        await staff.keep("5-staff-end")
        await staff.button("네, 거둡니다").click()
        await expect(staff.page.get_by_role("status")).to_contain_text("권한을 거두었습니다")
        her.expected = ("Failed to load resource: the server responded with a status of 403",)
        await her.go("/portal")
        await expect(her.page.locator("main")).to_contain_text("등록된 가게가 없습니다")


async def test_the_link_of_the_sign_in_message_opens_only_where_it_was_asked_for(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as her, visiting(browser, demo) as other:
        other.expected = ("Failed to load resource: the server responded with a status of 403",)
        await her.go("/portal")
        await her.page.locator("[name=phone]").fill("010-0000-1001")
        await her.page.locator(".main-action").click()
        await her.page.wait_for_url("**/sign-in/code**")
        link = await link_sent(her, "/sign-in/link")
        await other.page.goto(link)
        await expect(other.page.get_by_role("heading")).to_have_text("번호를 적은 휴대전화에서 열어 주세요")
        await other.keep("7-link-elsewhere")
        await her.page.goto(link)
        await her.keep("7-link")
        await her.button("네, 들어갈게요").click()
        await her.page.wait_for_url("**/portal")


async def test_staff_invite_many_shops_from_the_registry(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo, viewport=DESK) as staff:
        await staff.sign_in("/console/invitations", STAFF)
        await staff.keep("8-bulk-empty")
        await staff.button("명단 불러오기").click()
        await staff.page.get_by_label("명단", exact=True).fill("없는 집, , 010-7777-0001\n쉼표가 없는 줄")
        await staff.button("확인하기").click()
        await expect(staff.page.get_by_role("heading", level=2)).to_contain_text("고칠 줄 2개")
        await staff.keep("8-bulk-looked")
