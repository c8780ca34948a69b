"""Somebody without glasses and without scripts has pages larger and sharper by two taps, on every face, and on errors too."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.support.browser import PHONE, chromium
from tests.support.faces import Guest, Town

_KEPT = "build/book/display"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


async def shown(page: Page) -> tuple[str | None, float, str]:
    """What the page says of itself, its root size in px, and its ink."""
    size = await page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    return await page.locator("html").get_attribute("data-display"), size, await page.evaluate("getComputedStyle(document.body).color")


async def test_two_taps_hold_on_every_face_without_a_script(town: Town, browser: Browser) -> None:
    here = f"http://{town.foundation.host}:{town.site.servers[0].url.rpartition(':')[2]}"
    context = await browser.new_context(viewport=PHONE, locale="ko-KR", java_script_enabled=False)  # type: ignore[arg-type]  # Playwright's own shape
    page = await context.new_page()
    await page.goto(f"{here}/")
    before = await shown(page)
    assert before[0] is None
    await page.get_by_role("link", name="보기 설정").click()
    await page.screenshot(path=f"{_KEPT}/question.png")
    await page.get_by_role("button", name="크고 또렷하게").click()
    await page.wait_for_url(f"{here}/")
    for path in ("/", "/portal", "/console", "/display", "/nothing-there"):
        await page.goto(here + path)
        assert await shown(page) == ("large contrast", before[1] * 1.25, "rgb(0, 0, 0)"), path
    await page.goto(f"{here}/sign-in")
    await page.get_by_role("link", name="글자 크게").click()
    await page.get_by_role("button", name="보통으로").click()
    await page.wait_for_url(f"{here}/sign-in")
    assert await shown(page) == ("plain", before[1], before[2])
    await context.close()


async def answered(guest: Guest, display: str, following: str) -> tuple[int, str]:
    answer = await guest.post("/display", {"display": display, "next": following})
    return answer.status_code, answer.headers.get("location", "")


async def test_it_leads_back_inside_only_and_keeps_nothing_that_is_no_mode(town: Town) -> None:
    guest = town.guest()
    assert await answered(guest, "enormous", "/") == (422, "")
    assert "__Host-display" not in guest.cookies
    for outside in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        assert await answered(guest, "large", outside) == (303, "/")
        assert "evil" not in (await guest.get("/display", params={"next": outside})).text
    assert await answered(guest, "large", "/portal?a=b") == (303, "/portal?a=b")
    cookie = guest.set["__Host-display"]
    assert (cookie.value, cookie["path"], cookie["secure"], cookie["httponly"], cookie["samesite"]) == ("large", "/", True, True, "lax")
    assert 'data-display="large"' in (await guest.get("/")).text
    guest.cookies["__Host-display"] = "large<script>"
    assert "data-display" not in (await guest.get("/")).text
