"""No word of a control, and no name above a page, is torn in two on a phone: in Korean, and in Ukrainian, whose words are the longest."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, Route

from smilero_sdk.i18n import Catalogue
from smilero_web.templating import Templates, read_manifest
from tests.conftest import LookedAt
from tests.house.tree import ROOT
from tests.support.browser import PHONE, chromium
from tests.web.samples import FRAME, PAGES, SITE
from tests.web.samples_portal import LONG_SHOP, PORTAL_PAGES

STATIC = ROOT / "web" / "smilero_web" / "static"
HERE = "http://sample.localhost"
LONG_SITE = SITE | {"name": "성남시상권활성화재단 소상공인지원센터"}
# One sample of each template.
ONCE: dict[str, dict[str, object]] = dict((PAGES | PORTAL_PAGES).values())
# A hyphen, a slash or a point is a place to break.
TORN = r"""() => {
  const torn = [];
  const range = document.createRange();
  for (const place of document.querySelectorAll('.button, .tile, .key, .task, .bar a, .portal-who, .top-home')) {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (text.parentElement.closest('.unseen')) continue;
      for (const word of text.data.matchAll(/[^\s\u00a0\-\/.·@:]+/g)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) torn.push(word[0]);
      }
    }
  }
  return torn;
}"""


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A phone that waits for the fonts."""
    async with chromium() as browser:
        context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]  # Playwright's own shape

        async def answer(route: Route) -> None:
            path = STATIC.parent / route.request.url.removeprefix(HERE).partition("?")[0][1:]
            if path.suffix == ".css" and path.is_file():
                sheet = path.read_text(encoding="utf-8").replace("font-display:optional", "font-display:block")
                await route.fulfill(body=sheet, content_type="text/css")
            elif path.is_file():
                await route.fulfill(path=path)
            else:
                await route.fulfill(status=404)

        await context.route(f"{HERE}/**", answer)
        yield await context.new_page()


@pytest.mark.suite("G1")
@pytest.mark.parametrize("language", ["ko", "uk"])
async def test_words_stay_whole(page: Page, language: str, looked_at: LookedAt) -> None:
    looked_at("templates", ONCE)
    templates = Templates(Catalogue.of(["smilero_web", "smilero_tenants", "smilero_coupons", "smilero_storefront"]), read_manifest())
    for folder in (*ROOT.glob("tenants/smilero_tenants/*/templates/*"), *ROOT.glob("plugins/*/smilero_*/templates/*")):
        templates.add(folder.name, folder.parent)
    found = {
        template: torn for template, context in ONCE.items() if (torn := await _torn(page, _drawn(templates, template, language, context)))
    }
    assert found == {}


def _drawn(templates: Templates, template: str, language: str, context: dict[str, object]) -> str:
    """A page under the longest names."""
    frame = context.get("frame")
    named = {"frame": {**frame, "shop": LONG_SHOP}} if isinstance(frame, dict) and frame["shop"] else {}
    return templates.render(template, language, **FRAME | {"site": LONG_SITE} | context | named)


async def _torn(page: Page, html: str) -> list[str]:
    await page.route(f"{HERE}/drawn", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    await page.goto(f"{HERE}/drawn")
    await page.evaluate("document.fonts.ready.then(() => true)")
    torn: list[str] = await page.evaluate(TORN)
    await page.unroute(f"{HERE}/drawn")
    return torn
