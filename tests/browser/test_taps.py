"""What the portal's main tasks cost a merchant, in taps and typed characters, counted in Chromium against product.md (check G2).

Three taps to any main task; a coupon in four; nothing typed but a customer's number, on the pad, where the camera did not read it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_walk import CUSTOMERS, MERCHANT, take
from tests.conftest import LookedAt
from tests.support.browser import Visitor, visiting
from tests.support.demo import Demo

pytestmark = pytest.mark.suite("G2")

MOST_TAPS = 3
# Counts what the person does, over all pages of the window: taps, keys of our own pad, and characters of a keyboard.
_COUNT = """
const add = (kind) => { sessionStorage[kind] = Number(sessionStorage[kind] ?? 0) + 1; };
document.addEventListener('click', (event) => {
  if (event.isTrusted) add(event.target.closest('[data-key]') ? 'pad' : 'tap');
}, true);
document.addEventListener('keydown', (event) => { if (event.isTrusted) add('typed'); }, true);
"""


@dataclass(frozen=True)
class Task:
    """A main task, from the portal's home.

    Attributes:
        taps: the words of what is tapped, one after the other; `.css` for what has no words of its own.
        done: what is on the page then.
        most: taps that it may take.
    """

    taps: tuple[str, ...]
    done: str
    most: int = MOST_TAPS


TASKS: Mapping[str, Task] = {
    "make a coupon": Task(("쿠폰 만들기", "3,000원", "오늘만", "50분"), ".made", 4),
    "make the same coupon again": Task(("쿠폰 만들기", ".pair .primary", ".pair .primary", ".pair .primary"), ".made", 4),
    "reach a customer's coupon": Task((".bar li:nth-child(2) a",), ".keypad", 1),
    "see how coupons go": Task((".more",), ".campaigns", 1),
    "tell people of a coupon": Task(("내 쿠폰", ".campaign", "[data-share-url]"), ".share", 3),
    "print the sheet for the stall": Task(("가게에 붙일 종이", ".row", "[data-print]"), "[data-print]", 3),
    "hear how yesterday went": Task(("들어 보기",), "[data-speaking]", 1),
    "find something": Task((".portal-search >> nth=1",), "[role=search]", 1),
    "find whom to call": Task(("도와줘요",), ".hints", 1),
    "ask for a helper": Task(("도와줘요", "도와줄 사람", "도와줄 사람 부르기"), ".answers", 3),
    "do without something": Task(("도와줘요", "우리 가게에서 쓰는 것"), ".big-switch", 2),
}

# A phone with a voice, whose words are kept; and one that shares without a sheet that waits for somebody.
PHONE_PARTS = """
window.said = [];
const voice = Object.create(window.SpeechSynthesisVoice?.prototype ?? {}, {lang: {value: 'ko-KR'}, name: {value: 'Yuna'}});
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
Object.defineProperty(window, 'speechSynthesis', {value: Object.assign(new EventTarget(), {
  getVoices: () => [voice], cancel() { window.said.push(null); }, speak(one) { window.said.push(one.text); },
})});
window.print = () => {};
navigator.share = async () => {};
"""

Count = Callable[[], Awaitable[tuple[int, int, int]]]


async def counted(visitor: Visitor) -> tuple[int, int, int]:
    """Taps, keys of the pad and typed characters so far."""
    found = await visitor.page.evaluate("['tap', 'pad', 'typed'].map((kind) => Number(sessionStorage[kind] ?? 0))")
    return found[0], found[1], found[2]


async def tap(visitor: Visitor, what: str) -> None:
    """Tap something by its words, or by its selector."""
    place = (
        visitor.page.locator(what).first if what[0] in ".[" else visitor.button(what).or_(visitor.page.get_by_text(what, exact=True)).first
    )
    await place.click()


async def carried_out(visitor: Visitor, task: Task) -> tuple[int, int, int]:
    """Do a task from the home on; what it cost."""
    await visitor.go("/portal")
    await visitor.page.evaluate("sessionStorage.clear()")
    for what in task.taps:
        await tap(visitor, what)
    await expect(visitor.page.locator(task.done).first).to_be_visible()
    return await counted(visitor)


async def test_no_main_task_takes_more_taps_than_it_may(demo: Demo, browser: Browser, looked_at: LookedAt) -> None:
    async with visiting(browser, demo) as merchant:
        await merchant.context.add_init_script(PHONE_PARTS)
        await merchant.sign_in("/portal", MERCHANT)
        await merchant.context.add_init_script(_COUNT)
        cost = {name: await carried_out(merchant, task) for name, task in TASKS.items()}
    looked_at("main tasks", [f"{name}: {taps} taps, {pad} keys, {typed} typed" for name, (taps, pad, typed) in cost.items()])
    assert len(cost) >= 11
    assert {name: taps for name, (taps, _, _) in cost.items() if taps > TASKS[name].most} == {}
    assert {name: taps for name, (taps, _, _) in cost.items() if taps < len(TASKS[name].taps)} == {}, "a tap that was not counted"
    assert [name for name, (_, pad, typed) in cost.items() if pad or typed] == []


async def test_a_customer_s_number_is_six_keys_of_the_pad_and_undone_by_one_tap(demo: Demo, browser: Browser, looked_at: LookedAt) -> None:
    async with visiting(browser, demo) as merchant, visiting(browser, demo) as customer:
        await merchant.sign_in("/portal", MERCHANT)
        await merchant.context.add_init_script(_COUNT)
        await carried_out(merchant, TASKS["make a coupon"])
        shared = await merchant.page.locator("[data-share-url]").get_attribute("data-share-url")
        assert shared
        number = await take(customer, shared, CUSTOMERS[0])

        await merchant.go("/portal")
        await merchant.page.evaluate("sessionStorage.clear()")
        await tap(merchant, ".bar li:nth-child(2) a")
        await merchant.press(number)
        await merchant.page.wait_for_url("**/redemptions/**")
        redeemed = await counted(merchant)
        # The bar stands in one place, on the page that she landed on and on those that she goes to.
        await merchant.page.evaluate("sessionStorage.clear()")
        places = set()
        for path in (None, "/portal", "/portal/help", "/portal/coupons/campaigns", "/portal/coupons/new"):
            if path:
                await merchant.go(path)
            await expect(merchant.page.locator(".undo")).to_contain_text("쿠폰을 썼어요")
            box = await merchant.page.locator(".undo").bounding_box()
            assert box
            places.add(round(box["y"] + box["height"]))
            await merchant.keep(f"g2-undo{(path or '/landed').replace('/', '-')}")
        assert len(places) == 1, places
        await merchant.page.evaluate("sessionStorage.clear()")
        await tap(merchant, ".undo button")
        await expect(merchant.page.get_by_role("heading")).to_have_text("되돌렸어요")
        await merchant.keep("g2-undone")
        undone = await counted(merchant)
        await customer.page.reload()
        await expect(customer.page.locator(".coupon.used")).to_have_count(0)
    looked_at("at the till", [f"redeem: {redeemed}", f"undo: {undone}"])
    assert redeemed == (1, 6, 0)
    assert undone == (1, 0, 0)
