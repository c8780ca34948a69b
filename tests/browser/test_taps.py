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
const add = (kind, number = 1) => { sessionStorage[kind] = Number(sessionStorage[kind] ?? 0) + number; };
document.addEventListener('click', (event) => {
  if (event.isTrusted) add(event.target.closest('[data-key]') ? 'pad' : 'tap');
}, true);
// In a field what arrives there, since a Korean syllable is several keys or none; elsewhere each key.
const inField = ({ target }) => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
document.addEventListener('keydown', (event) => { if (event.isTrusted && !inField(event)) add('typed'); }, true);
document.addEventListener('beforeinput', (event) => { if (event.isTrusted) add('typed', [...event.data ?? ' '].length); }, true);
"""


@dataclass(frozen=True)
class Task:
    """A main task, from the portal's home.

    Attributes:
        taps: the words of what is tapped, one after the other; `.css` for what has no words of its own.
        done: what is on the page then.
        product: what product.md says of it.
        most: taps that it may take.
    """

    taps: tuple[str, ...]
    done: str
    product: str
    most: int = MOST_TAPS


TASKS: Mapping[str, Task] = {
    "make a coupon": Task(("쿠폰 만들기", "2,000원", "오늘만", "30분"), ".made", "four taps from a template", 4),
    "make the same coupon again": Task(("쿠폰 만들기", *(".pair .primary",) * 3), ".made", "four taps from a template", 4),
    "reach a customer's coupon": Task((".bar li:nth-child(2) a",), ".keypad", "redeem by six digits", 1),
    "read it by the camera": Task((".bar li:nth-child(2) a", "사진으로 읽기"), ".scanner[open]", "redeem by QR scan", 2),
    "see how coupons go": Task((".more",), ".campaigns", "results in one sentence", 1),
    "tell people of a coupon": Task(
        ("내 쿠폰", ".campaign", "[data-share-url]"), ".share", "KakaoTalk, Facebook, Band, Instagram in two taps"
    ),
    "print the sheet for the stall": Task(("가게에 붙일 종이", ".row", "[data-print]"), "[data-print]", "print from any object"),
    "hear how yesterday went": Task(("들어 보기",), "[data-speaking]", "read aloud", 1),
    "find something": Task((".portal-search >> nth=1",), "[role=search]", "search by initial consonants", 1),
    "find whom to call": Task(("도와줘요",), ".hints", "three taps to any main task", 1),
    "ask for a helper": Task(("도와줘요", "도와줄 사람", "도와줄 사람 부르기"), ".answers", "a helper may act for her"),
    "do without something": Task(("도와줘요", "우리 가게에서 쓰는 것"), ".big-switch", "three taps to any main task", 2),
    "see where she is signed in": Task(("도와줘요", "[href='/portal/sessions']"), "form[action$='/end']", "sessions listed and ended", 2),
    "see what is known of her": Task(("도와줘요", "[href='/portal/me']"), "main", "data exported and erased by one button", 2),
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
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream();
"""

# An ear that hears what the test wants: `window.heard`, a list of what it may have been, or the name of an error.
EAR = """
window.webkitSpeechRecognition = window.SpeechRecognition = class {
  start() {
    window.asked = this.lang;
    const heard = window.heard;
    queueMicrotask(() => {
      if (typeof heard === 'string') this.onerror({error: heard});
      else this.onresult({results: [heard.map((transcript) => ({transcript}))]});
      this.onend();
    });
  }
  stop() { this.onend(); }
  abort() {}
};
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


def line(name: str, task: Task, cost: tuple[int, int, int]) -> str:
    """A line of the table: what it cost, what it may cost, and in whose words."""
    taps, pad, typed = cost
    return f"{name:32} {taps} of {task.most} taps {pad} keys {typed} typed | {task.product}"


async def test_no_main_task_takes_more_taps_than_it_may(demo: Demo, browser: Browser, looked_at: LookedAt) -> None:
    async with visiting(browser, demo) as merchant:
        await merchant.context.add_init_script(PHONE_PARTS)
        await merchant.sign_in("/portal", MERCHANT)
        await merchant.context.add_init_script(_COUNT)
        cost = {name: await carried_out(merchant, task) for name, task in TASKS.items()}
    looked_at("main tasks", [line(name, TASKS[name], of) for name, of in cost.items()])
    assert len(cost) >= 14
    assert {name: taps for name, (taps, _, _) in cost.items() if taps > TASKS[name].most} == {}
    assert {name: taps for name, (taps, _, _) in cost.items() if taps < len(TASKS[name].taps)} == {}, "a tap that was not counted"
    assert [name for name, (_, pad, typed) in cost.items() if pad or typed] == []


async def test_another_amount_is_pressed_or_said_and_never_typed(demo: Demo, browser: Browser, looked_at: LookedAt) -> None:
    """Beyond the four taps of a template: one more to the pad, and the keys; or two more and the voice."""
    before, after = ("쿠폰 만들기", "다른 금액은 숫자판으로 누르기"), ("다음", "오늘만", "30분")
    async with visiting(browser, demo) as merchant:
        await merchant.context.add_init_script(EAR)
        # Somebody else, since an amount of one's own is proposed the next time.
        await merchant.sign_in("/portal", "010-0000-1003")
        await merchant.context.add_init_script(_COUNT)
        cost = {}
        for way in ("pressed", "said"):
            await merchant.go("/portal")
            await merchant.page.evaluate("sessionStorage.clear()")
            for what in before:
                await tap(merchant, what)
            if way == "pressed":
                await merchant.press("3500")
            else:
                await merchant.page.evaluate("window.heard = ['삼천오백 원']")
                await tap(merchant, "말로 하기")
            await expect(merchant.page.locator("[name=value]")).to_have_value("3,500")
            for what in after:
                await tap(merchant, what)
            await expect(merchant.page.locator(".made h1")).to_contain_text("3,500원")
            cost[way] = await counted(merchant)
    looked_at("another amount", [f"{way}: {taps} taps {pad} keys {typed} typed" for way, (taps, pad, typed) in cost.items()])
    assert cost == {"pressed": (5, 4, 0), "said": (6, 0, 0)}


async def test_a_shop_is_found_by_two_consonants_and_the_screen_is_shown_by_two_taps(
    demo: Demo, browser: Browser, looked_at: LookedAt
) -> None:
    async with visiting(browser, demo) as merchant:
        await merchant.sign_in("/portal", "010-0000-1002")
        await merchant.context.add_init_script(_COUNT)
        await merchant.go("/portal")
        await merchant.page.evaluate("sessionStorage.clear()")
        await tap(merchant, "찾기")
        await merchant.page.locator("[name=q]").click()
        await merchant.page.keyboard.insert_text("ㅃㅈ")
        await tap(merchant, "[role=search] button")
        await expect(merchant.page.locator("main .rows")).to_contain_text("빵집")
        found = await counted(merchant)
        await merchant.go("/portal")
        await merchant.page.evaluate("sessionStorage.clear()")
        await tap(merchant, "도와줘요")
        await tap(merchant, "화면 보여 주고 도움받기")
        await expect(merchant.page.locator(".showing-code")).to_be_visible()
        shown = await counted(merchant)
        await merchant.page.evaluate("sessionStorage.clear()")
        await merchant.go("/portal/help")
        for what in ("보기 설정", "글자 크게"):
            await tap(merchant, what)
        await expect(merchant.page.locator("html[data-display=large]")).to_have_count(1)
        large = await counted(merchant)
    looked_at("beside the tasks", [f"find by consonants: {found}", f"show the screen: {shown}", f"larger letters: {large}"])
    assert found == (3, 0, 2)
    assert shown == (2, 0, 0)
    assert large == (2, 0, 0)


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
