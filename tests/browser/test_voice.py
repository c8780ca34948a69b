"""The portal heard and spoken to, in Chromium with the parts of a phone that a test machine lacks: a voice and an ear."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_taps import EAR, PHONE_PARTS
from tests.browser.test_walk import MERCHANT
from tests.support.browser import Visitor, violations, visiting
from tests.support.demo import Demo

DEAF = "delete window.webkitSpeechRecognition; delete window.SpeechRecognition;"
PAGES = (
    "/portal",
    "/portal/help",
    "/portal/tasks",
    "/portal/coupons/new",
    "/portal/coupons/check",
    "/portal/coupons/campaigns",
    "/portal/print",
)


async def hear(visitor: Visitor, heard: object) -> None:
    """Let the phone hear something."""
    await visitor.page.evaluate("heard => { window.heard = heard; }", heard)
    await visitor.page.locator("[data-voice] button").click()


async def test_every_page_is_heard_by_one_tap_and_silent_by_the_next(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as merchant:
        await merchant.context.add_init_script(PHONE_PARTS)
        await merchant.sign_in("/portal", MERCHANT)
        for path in PAGES:
            await merchant.go(path)
            button = merchant.page.locator("[data-speak]")
            await expect(button).to_have_count(1)
            title = " ".join((await merchant.page.get_by_role("heading", level=1).inner_text()).split())
            await button.click()
            await expect(button).to_contain_text("그만 듣기")
            said = [one for one in await merchant.page.evaluate("said") if one]
            assert title in said, (path, said)
            assert not {"1", "모두 지움"} & set(said), "the number pad is no reading"
            await button.click()
            await expect(button).to_contain_text("들어 보기")
            assert (await merchant.page.evaluate("said"))[-1] is None
            await merchant.keep(f"voice{path.replace('/', '-')}")
            assert await violations(merchant.page) == []


async def test_an_amount_is_said_and_seen_before_it_is_sent(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as merchant:
        await merchant.context.add_init_script(EAR)
        await merchant.sign_in("/portal/coupons/new/amount", MERCHANT)
        field, said = merchant.page.locator("[name=value]"), merchant.page.locator("[data-voice] p")
        for heard, shown in ((["삼천 원"], "3,000"), (["만호천원", "만 오천 원"], "15,000")):
            await hear(merchant, heard)
            await expect(field).to_have_value(shown)
        assert await merchant.page.evaluate("asked") == "ko-KR"
        refusals: list[tuple[object, str]] = [
            (["빵집"], "잘 못 들었어요"),
            # More than the field takes: not a part of it.
            (["일억 이천만 원"], "잘 못 들었어요"),
            ("no-speech", "잘 못 들었어요"),
            ("not-allowed", "막혀 있어요"),
            ("network", "말로 할 수 없어요"),
        ]
        for refusal, word in refusals:
            await hear(merchant, refusal)
            await expect(said).to_contain_text(word)
            await expect(field).to_have_value("15,000")
        await merchant.keep("voice-amount-refused")
        assert await violations(merchant.page) == []
        await merchant.button("다음").click()
        await merchant.page.wait_for_url("**/new/until?value=15000")


async def test_words_are_said_where_words_are_asked_for(demo: Demo, browser: Browser) -> None:
    async with visiting(browser, demo) as merchant:
        await merchant.context.add_init_script(EAR)
        await merchant.sign_in("/portal/search", MERCHANT)
        await hear(merchant, ["쿠폰"])
        await expect(merchant.page.locator("[name=q]")).to_have_value("쿠폰")
        await merchant.keep("voice-search")


@pytest.mark.parametrize("path", ["/portal/coupons/new/amount", "/portal/search"])
async def test_a_phone_that_neither_hears_nor_speaks_shows_no_button_for_it(demo: Demo, browser: Browser, path: str) -> None:
    async with visiting(browser, demo) as merchant:
        await merchant.context.add_init_script(DEAF)
        await merchant.sign_in(path, MERCHANT)
        await expect(merchant.page.locator("[data-voice]")).to_be_hidden()
        await expect(merchant.page.locator("[data-speak]")).to_be_hidden()
