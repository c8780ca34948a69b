"""Passkeys in Chromium, by its own virtual authenticator: made on the console, enough to come in, and nothing elsewhere."""

import re
from typing import Any

import asyncpg
from playwright.async_api import Browser, expect

from tests.support.browser import DESK, PHONE, Visitor, violations, visiting
from tests.support.demo import Demo

OWNER, STAFF = "010-0000-0001", "010-0000-0002"
HERE, ELSEWHERE = "seongnam", "bucheon"
_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def with_device(visitor: Visitor, **changed: object) -> tuple[Any, str]:
    """Give the visitor's browser a finger to be known by; the door to it, and its id."""
    door = await visitor.context.new_cdp_session(visitor.page)
    await door.send("WebAuthn.enable")
    made = await door.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE | changed})
    return door, made["authenticatorId"]


async def keys_of(door: Any, device: str) -> list[Any]:  # noqa: ANN401 - Chromium's own protocol
    """What the browser keeps."""
    return list((await door.send("WebAuthn.getCredentials", {"authenticatorId": device}))["credentials"])


async def look(visitor: Visitor, name: str) -> None:
    """Look at a page at both widths, with axe too."""
    for label, size in (("1280", DESK), ("360", PHONE)):
        await visitor.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await visitor.keep(f"factor-{name}-{label}")
        assert await violations(visitor.page) == []
        assert await visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


async def forget_factors(demo: Demo, slug: str) -> None:
    """Take everybody's factors at a foundation away."""
    link = await asyncpg.connect(demo.database_url)
    for table in ("passkey", "recovery_code", "second_factor"):
        sql = f"delete from core.{table} where tenant_id = (select id from core.tenant where slug = $1)"  # noqa: S608 - the names above
        await link.execute(sql, slug)
    await link.close()


async def test_a_passkey_is_made_on_the_console_and_opens_it_alone_at_this_host(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo, slug=HERE) as owner:
        door, device = await with_device(owner)
        await owner.sign_in("/console/factors", OWNER)
        await look(owner, "mine")
        await owner.button("이 기기에 패스키 만들기").click()
        await expect(owner.page.locator(".paper-codes li")).to_have_count(10)
        await look(owner, "paper")
        [made] = await keys_of(door, device)
        assert (made["rpId"], made["isResidentCredential"]) == (f"{HERE}.localhost", True)
        await owner.button("적어 두었어요").click()
        await expect(owner.page.locator(".factor-list").first).to_contain_text("컴퓨터")
        await look(owner, "mine-with-passkey")
        await owner.context.clear_cookies()
        await owner.go("/console/shops")
        await look(owner, "sign-in")
        await owner.button("패스키로 들어가기").click()
        await owner.page.wait_for_url("**/console/shops")
        # Known already: the device says so.
        await owner.go("/console/factors")
        await owner.button("이 기기에 패스키 만들기").click()
        await expect(owner.page.get_by_text("이 기기에는 이미 패스키가 있어요.")).to_be_visible()
        # At another foundation the browser has none to offer.
        owner.slug = ELSEWHERE
        await owner.go("/sign-in?next=/console")
        await owner.button("패스키로 들어가기").click()
        await expect(owner.page.get_by_text("패스키를 쓰지 못했어요.")).to_be_visible(timeout=70_000)
        assert "/sign-in" in owner.page.url


async def test_staff_without_a_factor_are_led_to_a_passkey_first(demo: Demo, browser: Browser) -> None:
    await forget_factors(demo, "busan")
    async with visiting(browser, demo, slug="busan") as staff, visiting(browser, demo, slug="busan") as plain:
        await with_device(staff)
        await staff.go("/console/shops")
        await staff.page.locator("[name=phone]").fill(STAFF)
        await staff.page.locator(".main-action").click()
        await staff.page.wait_for_url("**/sign-in/code**")
        await staff.press(await staff.code_sent())
        await staff.page.wait_for_url("**/sign-in/factor/setup**")
        await look(staff, "setup")
        titles = await staff.page.locator(".way:not([hidden]) h2").all_inner_texts()
        assert titles == ["패스키", "인증 앱"]
        await staff.button("인증 앱으로 하기").click()
        await look(staff, "app")
        await staff.page.go_back()
        await staff.button("패스키 만들기").click()
        await staff.button("적어 두었어요").click()
        await staff.page.wait_for_url("**/console/shops")
        # The same person where there is no passkey: asked for one, and told what else there is.
        await plain.context.add_init_script("delete window.PublicKeyCredential")
        await plain.go("/console/shops")
        assert not await plain.page.locator("form[data-passkey]").is_visible()
        await plain.page.locator("[name=phone]").fill(STAFF)
        await plain.page.locator(".main-action").click()
        await plain.page.wait_for_url("**/sign-in/code**")
        await plain.press(await plain.code_sent())
        await plain.page.wait_for_url("**/sign-in/factor?**")
        await expect(plain.page.locator("[data-passkey-none]")).to_be_visible()
        assert not await plain.page.locator("form[data-passkey]").is_visible()
        await look(plain, "passkey-missing")
        await plain.button("복구 번호로 들어가기").click()
        await look(plain, "recovery")


async def test_the_demo_shows_the_code_and_an_owner_resets_staff(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as owner:
        await owner.go("/console/shops")
        await owner.page.locator("[name=phone]").fill(OWNER)
        await owner.page.locator(".main-action").click()
        await owner.page.wait_for_url("**/sign-in/code**")
        await owner.press(await owner.code_sent())
        await owner.page.wait_for_url("**/sign-in/factor?**")
        await look(owner, "question")
        assert re.search(r"데모: 지금 코드 \d{6}", await owner.page.locator(".demo-code").inner_text())
        await owner.answer_factor()
        await owner.page.wait_for_url("**/console/shops")
        await owner.go("/console/factors/people")
        await look(owner, "people")
        await owner.page.locator('a[href$="/reset"]').first.click()
        await look(owner, "reset")


async def test_without_script_nothing_offers_a_passkey(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo, java_script_enabled=False) as visitor:
        await visitor.go("/sign-in?next=/console")
        assert await visitor.page.locator("form[data-passkey]").count() == 1
        assert not await visitor.page.locator("form[data-passkey]").is_visible()
