"""Pages as Chromium shows them, looked at by axe-core, where both are found."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_AXE = Path("node_modules") / "axe-core" / "axe.min.js"
# A test machine has neither a sandbox for root nor a graphics card, and must not call home.
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_SERIOUS = frozenset({"serious", "critical"})


@dataclass(frozen=True)
class Browser:
    """Where they are."""

    chromium: str
    axe: Path


@dataclass(frozen=True)
class Shown:
    """A page at its address."""

    url: str
    html: str


def find_browser(start: Path | None = None) -> Browser | None:
    """Chromium on PATH, Playwright installed, and axe-core in a `node_modules` here, above, or named by `AXE_CORE`."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or find_spec("playwright") is None:
        return None
    here = start or Path.cwd()
    named = os.environ.get("AXE_CORE")
    folders = [folder / inside for folder in (here, *here.parents) for inside in (".", "web/frontend")]
    places = [Path(named)] if named else [folder / _AXE for folder in folders]
    axe = next((place for place in places if place.is_file()), None)
    return Browser(chromium, axe) if axe else None


def serious_violations(browser: Browser, pages: Sequence[Shown]) -> list[str]:
    """What axe finds serious or worse, with where. Styles and scripts come from the application that gave the pages."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an author need not have it

    source = browser.axe.read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.chromium, args=list(_ARGUMENTS))
        context = chromium.new_context(viewport={"width": 360, "height": 780}, locale="ko-KR", bypass_csp=True)
        page = context.new_page()
        found = [fault for shown in pages for fault in _violations(page, shown, source)]
        chromium.close()
    return found


def _violations(page: Any, shown: Shown, source: str) -> list[str]:  # noqa: ANN401 - Playwright's own, which may be missing
    # The page was asked for as somebody who had signed in; the browser is given that answer, and fetches the rest itself.
    page.route(shown.url, lambda route: route.fulfill(status=200, content_type="text/html; charset=utf-8", body=shown.html))
    page.goto(shown.url)
    page.evaluate(source)
    report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    page.unroute(shown.url)
    return [
        f"{shown.url}: {one['id']} ({one['impact']}): {node['html'][:120]}"
        for one in report["violations"]
        if one["impact"] in _SERIOUS
        for node in one["nodes"]
    ]
