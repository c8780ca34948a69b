"""Logins outside in a browser: the demo's own, and one of a certified provider that the owner has just added."""

from playwright.async_api import Browser, expect

from tests.support.browser import DESK, Visitor, violations, visiting
from tests.support.certified import CLIENT, SECRET, running_certified
from tests.support.demo import Demo

OWNER, HER = "010-0000-0001", "010-0000-1007"


async def give_phone(visitor: Visitor, phone: str) -> None:
    await visitor.page.locator("[name=phone]").fill(phone)
    await visitor.page.locator(".main-action").click()
    await visitor.page.wait_for_url("**/sign-in/code**")
    await visitor.press(await visitor.code_sent())


async def test_the_button_of_the_demo_works_and_the_second_time_at_once(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as her, visiting(browser, demo) as again:
        # The demo's provider has no icon of its own, and its style is inline.
        her.expected = again.expected = ("Failed to load resource",)
        await her.go("/portal")
        await her.keep("9-outside-sign-in")
        assert await violations(her.page) == []
        await her.button("데모 계정으로 들어가기").click()
        await her.page.wait_for_url("http://127.0.0.1:*/oauth2/authorize**")
        await her.keep("9-outside-there")
        await her.button("010-0000-1001").click()
        await expect(her.page.get_by_role("status").first).to_contain_text("처음 한 번만 전화번호를")
        await her.keep("9-outside-unknown")
        await give_phone(her, HER)
        await her.page.wait_for_url("**/sign-in/connect")
        await expect(her.page.get_by_role("heading")).to_have_text("데모 계정 로그인을 연결할까요?")
        await her.keep("9-outside-connect")
        assert await violations(her.page) == []
        await her.button("네, 연결할게요").click()
        await her.page.wait_for_url("**/portal")
        await her.go("/portal/sessions")
        await her.keep("9-outside-sessions")
        await expect(her.button("연결 끊기")).to_be_visible()
        assert await violations(her.page) == []

        await again.go("/portal/sessions")
        await again.button("데모 계정으로 들어가기").click()
        await again.button("010-0000-1001").click()
        await again.page.wait_for_url("**/portal/sessions")
        await expect(again.page.locator(".use")).to_have_count(3)


async def test_the_owner_adds_a_certified_provider_and_a_merchant_comes_in_by_it(demo: Demo, browser: Browser) -> None:
    callbacks = [f"http://localhost:{demo.port}/sign-in/callback", f"http://bucheon.localhost:{demo.port}/sign-in/callback"]
    async with (
        running_certified(callbacks) as certified,
        visiting(browser, demo, viewport=DESK) as owner,
        visiting(browser, demo) as her,
    ):
        owner.expected = her.expected = ("Failed to load resource",)
        await owner.sign_in("/console/logins", OWNER)
        await owner.keep("9-console-logins")
        assert await violations(owner.page) == []
        await owner.page.get_by_label("그 밖의 곳").check()
        await owner.page.get_by_label("단추에 적을 이름").fill("은하")
        await owner.page.get_by_label("발급자 주소").fill(certified.issuer + "/nowhere")
        await owner.page.get_by_label("클라이언트 아이디").fill(CLIENT)
        await owner.page.get_by_label("클라이언트 비밀 값").fill(SECRET)
        await owner.button("로그인 더하기").click()
        await expect(owner.page.get_by_role("alert")).to_contain_text("설정 문서")
        await owner.keep("9-console-logins-refused")
        await owner.page.get_by_label("발급자 주소").fill(certified.issuer)
        await owner.page.get_by_label("클라이언트 비밀 값").fill(SECRET)
        await owner.button("로그인 더하기").click()
        await expect(owner.page.get_by_role("status")).to_contain_text("더했습니다")
        await owner.page.get_by_role("link", name="은하").click()
        await owner.keep("9-console-login")
        assert SECRET not in await owner.page.content()
        assert await violations(owner.page) == []

        await her.go("/portal")
        await her.button("은하로 들어가기").click()
        await her.page.get_by_role("link", name="Cancel").click()
        await expect(her.page.get_by_role("alert")).to_contain_text("그만두셨습니다")
        await her.keep("9-outside-denied")
        await her.button("은하로 들어가기").click()
        await her.page.locator("[name=login]").fill("soonja")
        await her.page.locator("[name=password]").fill("any")
        await her.page.locator("[type=submit]").click()
        await her.page.locator("[type=submit]").click()
        await expect(her.page.get_by_role("status").first).to_contain_text("처음 한 번만 전화번호를")
        await give_phone(her, "010-0000-1008")
        await her.button("네, 연결할게요").click()
        await her.page.wait_for_url("**/portal")
