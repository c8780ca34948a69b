"""A browser window that looks at page after page: what axe-core finds, what is too small, what is wider than the window."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page

from smilero_sdk.pages import Face
from tests.pages.every_page import Sight
from tests.pages.stand import Opened, Stand

_HERE = Path(__file__).parent
_AXE = _HERE.parents[1] / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_SERIOUS = frozenset({"serious", "critical"})
_HEIGHT = 800


@dataclass(frozen=True)
class Size:
    """A window.

    Attributes:
        width: px of the device.
        zoom: per cent: at 200 a page has half of the window's px.
    """

    width: int
    zoom: int = 100

    @property
    def pixels(self) -> int:
        """What the page has."""
        return self.width * 100 // self.zoom

    def __str__(self) -> str:
        return f"{self.width} px, {self.zoom} %"


SMALL = (Size(360, 200), Size(1280))
EVERY = tuple(Size(width, zoom) for width in (360, 768, 1280) for zoom in (100, 200))


@dataclass(frozen=True)
class Least:
    """What a face owes its people, in px. The console is for a desk and a mouse."""

    type: int
    target: int = 0
    gap: int = 0


# Pages for those who write plugins.
_FOR_AUTHORS = "/dev/"
LEAST = {Face.CONSOLE: Least(15), Face.PORTAL: Least(18, 48, 8), Face.PUBLIC: Least(18, 48, 8)}


def least_of(sight: Sight) -> Least:
    """What a page owes."""
    return LEAST[Face.CONSOLE] if sight.subject.path.startswith(_FOR_AUTHORS) else LEAST[sight.face]


@dataclass
class Window:
    """One window for all pages.

    Attributes:
        complaints: what the page that is open said on the console, or threw.
    """

    stand: Stand
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    async def open(self, sight: Sight, width: int) -> Sequence[str]:
        """Open a page in a window of so many px; what is wrong with its answer."""
        opened = await self.stand.open(sight)
        await self.page.set_viewport_size({"width": width, "height": _HEIGHT})
        await self._show(opened)
        answer = await self.page.goto(opened.url)
        assert answer is not None
        await self.page.evaluate("document.fonts.ready.then(() => true)")
        kind = answer.headers.get("content-type", "")
        # A page that says why not is one too.
        faults = [] if kind.startswith("text/html") else [f"{answer.status} {kind} is no page: name it in NO_PAGE with the reason"]
        if self.page.url.partition("?")[0] != opened.url.partition("?")[0]:
            faults.append(f"leads to {self.page.url}")
        return [*faults, *([f"answered {answer.status}"] if answer.status >= 400 else []), *self.complaints]

    async def look(self, sight: Sight, sizes: Sequence[Size]) -> Sequence[str]:
        """Open a page once and look at it at each size."""
        faults = list(await self.open(sight, sizes[0].pixels))
        if not faults:
            faults += await self.seen(sizes, least_of(sight))
        return [f"{sight}: {fault}" for fault in faults]

    async def seen(self, sizes: Sequence[Size], least: Least) -> Sequence[str]:
        """What is wrong with the page that is open, at each size."""
        await self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        faults: list[str] = []
        for size in sizes:
            await self.page.set_viewport_size({"width": size.pixels, "height": _HEIGHT})
            faults += [f"at {size}: {fault}" for fault in [*await self.violations(), *await self.measured(least)]]
        return faults

    async def violations(self) -> Sequence[str]:
        """What axe calls serious or critical."""
        found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [one for one in found["violations"] if one["impact"] in _SERIOUS]
        return [f"{one['id']} ({one['impact']}): {node['html'][:160]}" for one in serious for node in one["nodes"]]

    async def measured(self, least: Least) -> Sequence[str]:
        """What is too small, too near or too wide."""
        script = (_HERE / "measure.js").read_text(encoding="utf-8")
        found = await self.page.evaluate(script, {"target": least.target, "gap": least.gap, "type": least.type})
        return [str(one) for one in found["faults"]]

    async def _show(self, opened: Opened) -> None:
        self.complaints.clear()
        await self.context.clear_cookies()
        await self.context.add_cookies(
            [
                {"name": name, "value": value, "domain": opened.host, "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}
                for name, value in opened.cookies.items()
            ]
        )


@asynccontextmanager
async def window(browser: Browser, stand: Stand, language: str = "ko") -> AsyncIterator[Window]:
    """One that speaks a language."""
    context = await browser.new_context(locale=language, extra_http_headers={"Accept-Language": language})
    made = Window(stand, context, await context.new_page())
    made.page.on(
        "console",
        lambda message: (
            made.complaints.append(f"{message.text} {message.location['url']}") if message.type in {"error", "warning"} else None
        ),
    )
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    try:
        yield made
    finally:
        await context.close()
