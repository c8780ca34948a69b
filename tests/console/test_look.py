"""The console at a desk and the portal on a phone, in a browser: what is seen, what has the focus, what axe finds."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from smilero_core.messaging.channels import NoChannel
from smilero_core.messaging.security import SecurityMessages
from tests.console.conftest import new_town
from tests.support.application import Site
from tests.support.browser import DESK, PHONE, chromium, violations
from tests.support.faces import SESSION, Town

_KEPT = Path(__file__).parents[2] / "build" / "book" / "plugins"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


class Window:
    """A browser of somebody who is signed in. No page may complain, and none may have what axe calls serious."""

    def __init__(self, town: Town, page: Page) -> None:
        self._town = town
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def go(self, path: str) -> None:
        """Open an address of the foundation."""
        port = self._town.site.servers[0].url.rpartition(":")[2]
        await self.page.goto(f"http://{self._town.foundation.host}:{port}{path}")

    async def keep(self, name: str) -> None:
        """Look at the page, and keep a picture of it."""
        _KEPT.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=_KEPT / f"{name}.png", full_page=True)
        assert await violations(self.page) == []
        assert await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than its window"


@asynccontextmanager
async def window(browser: Browser, town: Town, who: str, size: dict[str, int], expected: Sequence[str] = ()) -> AsyncIterator[Window]:
    """Somebody of the cast at the foundation.

    Args:
        expected: how complaints begin that belong to the test.
    """
    context = await browser.new_context(viewport=size, locale="ko-KR")  # type: ignore[arg-type]  # Playwright's own shape
    guest = await town.signed_in(who)
    cookie = {"name": SESSION, "value": guest.cookies[SESSION], "domain": town.foundation.host, "path": "/", "secure": True}
    await context.add_cookies([cookie])  # type: ignore[list-item]  # as above
    opened = Window(town, await context.new_page())
    try:
        yield opened
        assert [one for one in opened.complaints if not one.startswith(tuple(expected) or "\0")] == []
    finally:
        await context.close()


async def test_the_owner_switches_a_plugin_on_having_read_what_it_does(site: Site, browser: Browser) -> None:
    town = await new_town(site, "storefront", "ghost")
    async with window(browser, town, "owner", DESK) as owner:
        await owner.go("/console/plugins")
        await owner.keep("console-1-list")
        await owner.page.get_by_role("switch", name="쿠폰").click()
        await expect(owner.page.get_by_role("heading", level=1)).to_have_text("쿠폰을 켤까요?")
        await owner.keep("console-2-confirm")
        await owner.page.get_by_role("button", name="읽었고, 켭니다").click()
        await expect(owner.page.get_by_role("switch", name="쿠폰")).to_be_checked()
        await owner.page.get_by_role("main").get_by_role("link", name="쿠폰", exact=True).click()
        await owner.keep("console-3-plugin")


async def test_the_owner_changes_settings_and_mends_a_mistake(site: Site, browser: Browser) -> None:
    town = await new_town(site)
    async with window(browser, town, "owner", DESK, ["Failed to load resource: the server responded with a status of 422"]) as owner:
        await owner.go("/console/plugins/lantern/settings")
        await owner.keep("console-4-settings")
        await owner.page.get_by_label("등불 수").fill("40")
        await owner.page.get_by_label("켜는 시각").fill("18:30")
        await owner.page.get_by_text("환하게").click()
        await owner.page.get_by_role("switch", name="등불 켜기").click()
        await owner.page.get_by_role("button", name="저장").click()
        await expect(owner.page.get_by_role("alert")).to_be_focused()
        await owner.keep("console-5-faults")
        await owner.page.get_by_role("link", name="등불 수").click()
        number = owner.page.get_by_label("등불 수")
        await expect(number).to_be_focused()
        await number.fill("4")
        await owner.page.get_by_role("button", name="저장").click()
        await expect(owner.page.get_by_role("status")).to_contain_text("켜는 시각: 18:30")
        await owner.keep("console-6-saved")


async def test_a_merchant_chooses_on_the_phone(site: Site, browser: Browser) -> None:
    town = await new_town(site)
    async with window(browser, town, "merchant", PHONE, ["Failed to load resource: the server responded with a status of 422"]) as merchant:
        await merchant.go("/portal/help")
        await merchant.keep("portal-1-help")
        await merchant.page.get_by_role("link", name="우리 가게에서 쓰는 것").click()
        await merchant.keep("portal-2-uses")
        await merchant.page.get_by_role("switch", name="쿠폰").click()
        await expect(merchant.page.get_by_role("switch", name="쿠폰")).not_to_be_checked()
        await merchant.keep("portal-3-without")
        await merchant.page.get_by_role("switch", name="쿠폰").click()
        await expect(merchant.page.get_by_role("switch", name="쿠폰")).to_be_checked()
        await merchant.page.get_by_role("link", name="우리 가게에 맞추기 (등불)").click()
        await merchant.keep("portal-4-settings")
        await merchant.page.get_by_role("link", name="등불을 몇 개 달까요?").click()
        await merchant.page.locator("[data-number]").fill("500")
        await merchant.page.get_by_role("button", name="저장하기").click()
        await merchant.keep("portal-5-number")
        await merchant.page.locator("[data-key=clear]").click()
        await merchant.page.locator("[data-key='5']").click()
        await merchant.page.get_by_role("button", name="저장하기").click()
        await expect(merchant.page.get_by_role("status")).to_contain_text("바꿨어요")
        await merchant.page.get_by_role("link", name="등불을 다시겠어요?").click()
        await merchant.keep("portal-6-yes-no")
        await merchant.page.get_by_role("button", name="아니요").click()
        await merchant.page.get_by_role("link", name="심지 번호").click()
        await merchant.page.locator("input.written").fill("77")
        await merchant.page.get_by_role("button", name="저장하기").click()
        await merchant.keep("portal-7-saved")
        await merchant.page.get_by_role("link", name="심지 번호").click()
        await merchant.keep("portal-8-secret")


async def test_staff_look_after_a_shop(site: Site, browser: Browser) -> None:
    town = await new_town(site)
    async with window(browser, town, "staff", DESK) as staff:
        await staff.go("/console/shops")
        await staff.keep("console-7-shops")
        await staff.page.locator('.quiet-link[href$="/plugins"]').first.click()
        await staff.page.get_by_role("switch", name="쿠폰").click()
        await staff.keep("console-8-shop")
        await staff.page.get_by_role("link", name="고치기 (등불)").click()
        await staff.keep("console-9-shop-settings")


async def test_staff_look_who_did_what(site: Site, browser: Browser) -> None:
    town = await new_town(site)
    owner = await town.signed_in("owner")
    page = await owner.get("/console/plugins/lantern/settings")
    mark = page.text.partition('name="mark" value="')[2].partition('"')[0]
    await owner.post("/console/plugins/lantern/settings", {"set.count": "4", "set.lit": "true", "mark": mark}, key="k1")
    await owner.post(f"/console/shops/{town.foundation.shop}/plugins/coupons", {"enabled": "false"})
    await owner.post("/console/plugins/coupons", {"enabled": "false"})
    async with window(browser, town, "staff", DESK) as staff:
        await staff.go("/console")
        await staff.page.get_by_role("link", name="기록", exact=True).click()
        await staff.keep("audit-1-list")
        await staff.page.locator("summary", has_text="가지 보기").first.click()
        await staff.keep("audit-2-changes")
        await staff.page.get_by_role("link", name="같은 대상의 기록").first.click()
        await staff.keep("audit-3-subject")
        async with staff.page.expect_download() as download:
            await staff.page.get_by_role("button", name="엑셀용 파일로 받기").click()
        assert (await download.value).suggested_filename.endswith(".csv")
        await staff.page.get_by_label("누가").fill("없는 사람")
        await staff.page.get_by_role("button", name="찾기").last.click()
        await staff.keep("audit-4-nothing")
    async with window(browser, town, "staff", PHONE) as staff:
        await staff.go("/console/audit")
        await staff.keep("audit-5-narrow")


_LONG_NAMES = {"owner": "황보미르하늘별빛나", "staff": "선우아름다운이름을가진직원", "officer": "남궁하늘바다구름바람임원"}


@pytest.fixture
async def crowded(site: Site) -> Town:
    """A foundation whose people and market have long names, with something said otherwise and somebody awaited."""
    town = await new_town(site)
    admin, foundation = site.admin, town.foundation
    for who, name in _LONG_NAMES.items():
        await admin.execute("update core.person set name = $2 where id = $1", foundation.people[who], name)
    await admin.execute(
        "update core.market set name = '서울특별시 중구 남대문시장 삼익패션타운 상인회 전통시장' where id = $1", foundation.market
    )
    await admin.execute("update core.membership set market_id = $2 where person_id = $1", foundation.people["officer"], foundation.market)
    owner = await town.signed_in("owner")
    invited = {"phone": "010-7777-1234", "name": "제갈초롱초롱빛나는이름", "role": "officer", "market": str(foundation.market)}
    await owner.post("/console/colleagues", invited)
    for change in ("staff -audit.read", "officer +measures.read"):
        await owner.post("/console/rights", {"change": change})
    return town


@pytest.mark.parametrize(("size", "mark"), [(DESK, "desk"), (PHONE, "narrow")])
async def test_an_owner_says_who_may_do_what(crowded: Town, browser: Browser, size: dict[str, int], mark: str) -> None:
    async with window(browser, crowded, "owner", size) as owner:
        await owner.go("/console/rights")
        await owner.keep(f"rights-1-{mark}")
        tapped = owner.page.get_by_role("switch", name="재단 직원: 기능 켜고 끄기")
        await expect(tapped).not_to_be_checked()
        await tapped.click()
        await expect(tapped).to_be_checked()
        await expect(owner.page.get_by_role("status")).to_contain_text("기능 켜고 끄기")
        await owner.keep(f"rights-2-told-{mark}")
        await owner.page.get_by_role("button", name="되돌리기").first.click()
        await expect(tapped).not_to_be_checked()
        await owner.page.get_by_role("link", name="처음대로 되돌리기").click()
        await owner.keep(f"rights-3-reset-{mark}")


@pytest.mark.parametrize(("size", "mark"), [(DESK, "desk"), (PHONE, "narrow")])
async def test_an_owner_looks_after_the_people(crowded: Town, browser: Browser, size: dict[str, int], mark: str) -> None:
    async with window(browser, crowded, "owner", size) as owner:
        await owner.go("/console/colleagues")
        await owner.keep(f"people-1-{mark}")
        await owner.page.get_by_role("link", name=_LONG_NAMES["staff"]).click()
        await owner.page.get_by_role("switch", name="기능 켜고 끄기").click()
        await expect(owner.page.get_by_role("status")).to_be_visible()
        await owner.keep(f"people-2-staff-{mark}")
        await owner.page.get_by_role("link", name="권한 거두기").click()
        await owner.keep(f"people-3-end-{mark}")
        await owner.go("/console/colleagues")
        await owner.page.get_by_role("link", name=_LONG_NAMES["owner"]).click()
        await owner.page.get_by_role("link", name="권한 거두기").click()
        await owner.page.get_by_role("button", name="네, 거둡니다").click()
        await owner.keep(f"people-4-own-{mark}")


async def test_somebody_is_invited_to_the_foundation(crowded: Town, browser: Browser) -> None:
    owner = await crowded.signed_in("owner")
    await owner.post("/console/colleagues", {"phone": "010-7777-4321", "name": "새직원", "role": "staff"})
    sent = await SecurityMessages(crowded.site.database, crowded.vault, NoChannel()).latest(crowded.foundation.id, 1)
    async with window(browser, crowded, "customer", PHONE) as guest:
        await guest.go("/join/" + sent[0].body.rpartition("/")[2])
        await guest.keep("people-5-join")
