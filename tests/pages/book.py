"""The screenshot book: every page of every face as it looks on a phone and at a desk, in two languages, full of long names and empty.

`make book` writes build/book/index.html; `python -m tests.pages.book storefront` only the pages whose name holds a word.
"""

import asyncio
import html
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from smilero_sdk.pages import Face
from tests.pages.every_page import EMPTY, Sight, pages, sights
from tests.pages.eyes import Window, window
from tests.pages.stand import Stand, standing
from tests.support.browser import chromium
from tests.support.cluster import Cluster, running_cluster

BOOK = Path(__file__).parents[2] / "build" / "book"
LANGUAGES = ("ko", "uk")
WIDTHS = {360: 780, 1280: 800}
_FACES: Mapping[Face, str] = {Face.PUBLIC: "Public pages and accounts", Face.PORTAL: "Portal", Face.CONSOLE: "Console"}


@dataclass(frozen=True)
class Picture:
    """One picture, and of what."""

    sight: Sight
    language: str
    width: int
    faults: Sequence[str]

    @property
    def file(self) -> str:
        """Its name below the book."""
        path = self.sight.subject.path.strip("/").translate({ord("/"): "-", ord("{"): None, ord("}"): None}) or "home"
        return f"pages/{path}-{self.sight.data}-{self.sight.who}-{self.language}-{self.width}.png"


async def photograph(eyes: Window, sight: Sight, language: str) -> list[Picture]:
    """A page at each width; opened once, since some can be opened once only."""
    taken = []
    faults = await eyes.open(sight, min(WIDTHS))
    for width, height in WIDTHS.items():
        await eyes.page.set_viewport_size({"width": width, "height": height})
        picture = Picture(sight, language, width, faults)
        await eyes.page.screenshot(path=BOOK / picture.file, full_page=True, animations="disabled")
        taken.append(picture)
    return taken


async def _in_language(stand: Stand, language: str, seen: Sequence[Sight]) -> list[Picture]:
    async with chromium() as browser, window(browser, stand, language) as eyes:
        return [picture for sight in seen for picture in await photograph(eyes, sight, language)]


async def make(cluster: Cluster, words: Sequence[str]) -> list[Picture]:
    """Take the pictures, a browser for each language."""
    chosen = [one for name, one in pages().items() if all(word in name for word in words)]
    seen = [sight for page in chosen for sight in sights(page, everybody=False)]
    (BOOK / "pages").mkdir(parents=True, exist_ok=True)
    async with standing(cluster) as stand:
        taken = await asyncio.gather(*(_in_language(stand, language, seen) for language in LANGUAGES))
    return [picture for pictures in taken for picture in pictures]


def index(taken: Iterable[Picture]) -> str:
    """The book's one page: by face and address, the pictures of an address in one row."""
    rows: dict[Face, dict[str, list[Picture]]] = {face: {} for face in _FACES}
    for picture in taken:
        rows[picture.sight.face].setdefault(picture.sight.subject.path, []).append(picture)
    chapters = [_chapter(_FACES[face], rows[face]) for face in _FACES if rows[face]]
    style = (
        "body{font:16px sans-serif;margin:2rem}.row{display:flex;gap:1rem;overflow-x:auto;align-items:start;padding-bottom:1rem}"
        "figure{margin:0;flex:none}img{border:1px solid #999;display:block}.w360 img{width:240px}.w1280 img{width:640px}"
        "figcaption{font-size:14px;margin-bottom:.3rem}.wrong{color:#b00}"
    )
    head = f'<meta charset="utf-8"><title>Smilero, page by page</title><style>{style}</style>'
    return f'<!doctype html><html lang="en">{head}{"".join(chapters)}'


def _chapter(title: str, rows: Mapping[str, Sequence[Picture]]) -> str:
    shown = [f"<h2>{html.escape(path)}</h2><div class='row'>{''.join(map(_figure, rows[path]))}</div>" for path in sorted(rows)]
    return f"<h1>{title}</h1>{''.join(shown)}"


def _figure(picture: Picture) -> str:
    data = "empty" if picture.sight.data == EMPTY else picture.sight.data
    caption = f"{picture.width} px, {picture.language}, {data}, as {picture.sight.who}"
    wrong = f"<br><span class='wrong'>{html.escape('; '.join(picture.faults))}</span>" if picture.faults else ""
    image = (
        f'<a href="{picture.file}"><img loading="lazy" src="{picture.file}" alt="{html.escape(picture.sight.subject.path)}, {caption}"></a>'
    )
    return f'<figure class="w{picture.width}"><figcaption>{caption}{wrong}</figcaption>{image}</figure>'


def main() -> int:
    """Make the book; 1 when a page could not be shown."""
    began = perf_counter()
    with running_cluster() as cluster:
        taken = asyncio.run(make(cluster, sys.argv[1:]))
    (BOOK / "index.html").write_text(index(taken), encoding="utf-8")
    wrong = sorted({f"{one.sight} in {one.language}: {fault}" for one in taken for fault in one.faults})
    print(
        f"{len(taken)} pictures of {len({one.sight.subject.name for one in taken})} pages in {(perf_counter() - began) / 60:.1f} minutes:"
    )
    print(BOOK / "index.html", *wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
