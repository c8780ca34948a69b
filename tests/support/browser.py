"""Chromium with the eyes of a test: whatever a page complains of is kept, and a test that ends with a complaint fails."""

import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from tests.support.demo import Demo

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 800}
OUTBOX = "/dev/outbox"

_CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# A test machine has neither a sandbox for root nor a graphics card, and must not call home.
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update")
_MISSING = "The browser tests need Chromium and a Korean font: run tests/setup-browser as root, or install the packages that it names."
_SECONDS = 20
_FRONTEND = Path(__file__).parents[2] / "web" / "frontend"
_KEPT = Path(__file__).parents[2] / "build" / "book" / "walk"


def require_chromium() -> str:
    """Where it is. Fails the test on Debian, where it is one command away, and skips it elsewhere."""
    if _CHROMIUM is None:
        (pytest.fail if Path("/etc/debian_version").exists() else pytest.skip)(_MISSING)
    return _CHROMIUM


@asynccontextmanager
async def chromium(*arguments: str, keeps_pages: bool = False) -> AsyncIterator[Browser]:
    """A browser.

    Args:
        keeps_pages: whether the way back shows a page as it was left, as phones do; automation switches that off.
    """
    path = require_chromium()
    dropped = ["--disable-back-forward-cache"] if keeps_pages else []
    async with async_playwright() as playwright:
        launch = playwright.chromium.launch
        browser = await launch(executable_path=path, args=[*_ARGUMENTS, *arguments], ignore_default_args=dropped)
        yield browser
        await browser.close()


@dataclass
class Visitor:
    """One person's browser window at a foundation.

    Attributes:
        complaints: what the pages said on the console, threw, or were refused.
        expected: how complaints begin that belong to the test.
    """

    demo: Demo
    context: BrowserContext
    page: Page
    slug: str = "bucheon"
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    async def go(self, path: str) -> None:
        """Open an address of the foundation."""
        await self.page.goto(self.demo.address(path, self.slug))

    async def press(self, digits: str) -> None:
        """Tap a number on the pad."""
        for digit in digits:
            await self.page.locator(f'[data-key="{digit}"]').click()

    async def answer_sign_in(self, phone: str) -> None:
        """Give number and code on the pages that ask for them, from the first to the one behind them."""
        number = self.page.locator("[name=phone]")
        await number.fill(phone)
        await self.page.locator(".main-action").click()
        await self.page.wait_for_url("**/sign-in/code**")
        code = await self.code_sent()
        if await self.page.locator("[data-keys]").is_visible():
            await self.press(code)
        else:
            await self.page.locator("[name=code]").fill(code)
            await self.page.locator("[data-plain]").click()
        await self.page.wait_for_url(lambda url: "/sign-in/code" not in url)
        if "/sign-in/factor" in self.page.url:
            await self.answer_factor()
        await self.page.wait_for_url(lambda url: "/sign-in" not in url)

    async def answer_factor(self) -> None:
        """Give the second factor, which the demo shows beside its question."""
        shown = re.search(r"\d{6}", await self.page.locator(".demo-code").inner_text())
        assert shown
        await self.press(shown[0])

    async def code_sent(self) -> str:
        """The newest code, read as a person reads it who tries the demo."""
        outbox = await self.context.new_page()
        await outbox.goto(self.demo.address(OUTBOX, self.slug))
        text = await outbox.locator("main").inner_text()
        await outbox.close()
        found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
        assert found, text
        return found[0]

    async def sign_in(self, path: str, phone: str) -> None:
        """Open a page that wants to know who asks, and answer it."""
        await self.go(path)
        await self.answer_sign_in(phone)

    def button(self, name: str) -> Locator:
        """A button or link by its words."""
        return self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first

    async def keep(self, name: str) -> None:
        """Keep a picture of the page to be looked at."""
        _KEPT.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=_KEPT / f"{name}.png")

    def complained(self) -> list[str]:
        """The complaints that nobody expected."""
        return [one for one in self.complaints if not one.startswith(self.expected or ("\0",))]


@asynccontextmanager
async def visiting(browser: Browser, demo: Demo, *, slug: str = "bucheon", **options: Any) -> AsyncIterator[Visitor]:  # noqa: ANN401 - Playwright's own
    """Somebody new at a foundation, on a phone unless told otherwise. At the end no page may have complained."""
    await demo.forget_counts()
    context = await browser.new_context(**{"viewport": PHONE, "locale": "ko-KR", **options})
    context.set_default_timeout(_SECONDS * 1000)
    visitor = Visitor(demo, context, await context.new_page(), slug)
    # Violations of the content security policy are errors of the console.
    context.on("console", lambda message: visitor.complaints.append(message.text) if message.type in {"error", "warning"} else None)
    context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
    try:
        yield visitor
        assert visitor.complained() == [], visitor.complained()
    finally:
        await context.close()


async def violations(page: Page) -> Sequence[str]:
    """What axe-core finds serious or worse on a page, with where. Its script comes from the lock file of the front end."""
    source = (_FRONTEND / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    await page.evaluate(source)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {one['id']} ({one['impact']}): {node['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
