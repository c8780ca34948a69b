"""Large type and high contrast: measured in the browser on the pages' samples, and chosen by whoever comes, with no script."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route

from smilero_sdk.i18n import Catalogue
from smilero_web.middleware.display import DISPLAY_COOKIE, chosen
from smilero_web.templating import DISPLAY, Templates, read_manifest
from tests.conftest import LookedAt
from tests.house.tree import ROOT
from tests.support.browser import PHONE, chromium
from tests.web.samples import FRAME
from tests.web.test_templating import PAGES

STATIC = ROOT / "web" / "smilero_web" / "static"
AXE = ROOT / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
HERE = "http://sample.localhost"
LOOK = ":root{--tenant:#b06a2c;--tenant-ink:#ffffff}"
# One sample of each template.
ONCE = {template: (name, context) for name, (template, context) in PAGES.items()}


@pytest.fixture(scope="module")
def templates() -> Templates:
    made = Templates(Catalogue.of(["smilero_web", "smilero_tenants", "smilero_coupons", "smilero_storefront"]), read_manifest())
    for folder in (*ROOT.glob("tenants/smilero_tenants/*/templates/*"), *ROOT.glob("plugins/*/smilero_*/templates/*")):
        made.add(folder.name, folder.parent)
    return made


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A window on a phone that gets styles from the build and everything else from nowhere."""
    context = await browser.new_context(viewport=PHONE, locale="ko-KR")  # type: ignore[arg-type]  # Playwright's own shape
    window = await context.new_page()

    async def answer(route: Route) -> None:
        path = Path(route.request.url.removeprefix(HERE).partition("?")[0])
        if route.request.url.endswith("/look.css"):
            await route.fulfill(body=LOOK, content_type="text/css")
        elif (STATIC.parent / str(path)[1:]).is_file():
            await route.fulfill(path=STATIC.parent / str(path)[1:])
        else:
            await route.fulfill(status=404)

    await context.route(f"{HERE}/**", answer)
    yield window
    await context.close()


def drawn(templates: Templates, display: str) -> Iterator[tuple[str, str]]:
    """Each template once, with its name, as somebody sees it who chose that."""
    token = DISPLAY.set(display)
    for template, (name, context) in ONCE.items():
        yield name, templates.render(template, "ko", **FRAME, **context)
    DISPLAY.reset(token)


async def show(page: Page, html: str) -> None:
    """Open a page that was drawn here."""
    await page.route(f"{HERE}/drawn", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    await page.goto(f"{HERE}/drawn")


@pytest.mark.suite("G1")
async def test_high_contrast_is_seven_to_one_for_every_text(templates: Templates, page: Page, looked_at: LookedAt) -> None:
    looked_at("pages in high contrast", ONCE)
    axe = AXE.read_text("utf-8")
    found: list[str] = []
    for name, html in drawn(templates, "contrast"):
        await show(page, html)
        await page.evaluate(axe)
        rules = "{runOnly: {type: 'rule', values: ['color-contrast-enhanced']}, resultTypes: ['violations']}"
        answer = await page.evaluate(f"axe.run(document, {rules})")
        found += [f"{name}: {node['html'][:100]} {node['any'][0]['message']}" for one in answer["violations"] for node in one["nodes"]]
    assert found == []


async def test_large_type_is_a_quarter_larger_and_fits_the_phone(templates: Templates, page: Page, looked_at: LookedAt) -> None:
    looked_at("pages in large type", ONCE)
    sizes: dict[str, set[str]] = {}
    wide: list[str] = []
    for display in ("", "large"):
        for name, html in drawn(templates, display):
            await show(page, html)
            sizes.setdefault(display, set()).add(await page.evaluate("getComputedStyle(document.documentElement).fontSize"))
            if not await page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                wide.append(f"{display} {name}")
    assert sizes == {"": {"10px"}, "large": {"12.5px"}}
    assert wide == []


@pytest.mark.parametrize(
    ("display", "device", "ink"), [("", "more", "0"), ("", "no-preference", "30"), ("plain", "more", "30"), ("large", "more", "0")]
)
async def test_a_device_that_asks_for_contrast_gets_it_unless_somebody_said_otherwise(
    templates: Templates, page: Page, display: str, device: str, ink: str
) -> None:
    html = next(drawn(templates, display))[1]
    await page.emulate_media(contrast=device)  # type: ignore[arg-type]  # one of Playwright's words
    await show(page, html)
    assert (await page.evaluate("getComputedStyle(document.body).color")).startswith(f"rgb({ink},")


@pytest.mark.parametrize(
    ("header", "display"),
    [
        (f"{DISPLAY_COOKIE}=large", "large"),
        (f"a=b; {DISPLAY_COOKIE}=large.contrast", "large contrast"),
        (f"{DISPLAY_COOKIE}=plain", "plain"),
        (f'{DISPLAY_COOKIE}="><script>', ""),
        (f"{DISPLAY_COOKIE}=", ""),
        ("display=large", ""),
        ("", ""),
        ("=;;\x00", ""),
    ],
)
def test_only_our_own_modes_are_read_from_a_cookie(header: str, display: str) -> None:
    assert chosen(header) == display
