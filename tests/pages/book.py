"""The screenshot book: every page of every face as it looks on a phone and at a desk, in two languages, full of long names and empty.

`make book` writes build/book/index.html, `make book PART="--face console --language ko --width 360 --data full shops"` a part of it: of one
face, in one language, at one width, of one set of data, and of the addresses that hold the word.
"""

import argparse
import asyncio
import html
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from smilero_sdk.pages import Face
from tests.pages.every_page import EMPTY, FULL, PLATFORM, Sight, pages, sights
from tests.pages.eyes import Window, window
from tests.pages.stand import Stand, standing
from tests.support.browser import chromium
from tests.support.cluster import Cluster, running_cluster

BOOK = Path(__file__).parents[2] / "build" / "book"
LANGUAGES = ("ko", "uk")
WIDTHS = {360: 780, 1280: 800}
_FACES: Mapping[Face, str] = {Face.PUBLIC: "Public pages and accounts", Face.PORTAL: "Portal", Face.CONSOLE: "Console"}


@dataclass(frozen=True)
class Part:
    """Which pictures of the book are made: all, unless it is said which.

    Attributes:
        words: those that an address must hold, all of them.
        face: the face it stands on.
    """

    words: Sequence[str] = ()
    face: Face | None = None
    languages: Sequence[str] = LANGUAGES
    widths: Sequence[int] = tuple(WIDTHS)
    data: Sequence[str] = (FULL, EMPTY, PLATFORM)

    def sights(self) -> Sequence[Sight]:
        """The pages, as the first who may sees each."""
        named = [one for name, one in pages().items() if all(word in name for word in self.words)]
        seen = [sight for page in named for sight in sights(page, everybody=False)]
        return [one for one in seen if self.face in {None, one.face} and one.data in self.data]


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


async def photograph(eyes: Window, sight: Sight, language: str, widths: Sequence[int] = tuple(WIDTHS)) -> list[Picture]:
    """A page at each width; opened once, since some can be opened once only."""
    taken = []
    faults = await eyes.open(sight, min(widths))
    for width in widths:
        await eyes.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        picture = Picture(sight, language, width, faults)
        await eyes.page.screenshot(path=BOOK / picture.file, full_page=True, animations="disabled")
        taken.append(picture)
    return taken


async def _in_language(stand: Stand, language: str, part: Part) -> list[Picture]:
    async with chromium() as browser, window(browser, stand, language) as eyes:
        return [picture for sight in part.sights() for picture in await photograph(eyes, sight, language, part.widths)]


async def make(cluster: Cluster, part: Part) -> list[Picture]:
    """Take the pictures, a browser for each language."""
    (BOOK / "pages").mkdir(parents=True, exist_ok=True)
    async with standing(cluster) as stand:
        taken = await asyncio.gather(*(_in_language(stand, language, part) for language in part.languages))
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


def asked(arguments: Sequence[str]) -> Part:
    """Which part is asked for on the command line."""
    reader = argparse.ArgumentParser(prog="python -m tests.pages.book", description="Make the screenshot book, or a part of it.")
    reader.add_argument("words", nargs="*", help="what an address must hold")
    reader.add_argument("--face", type=Face, choices=list(Face))
    reader.add_argument("--language", action="append", choices=LANGUAGES)
    reader.add_argument("--width", type=int, action="append", choices=list(WIDTHS))
    reader.add_argument("--data", action="append", choices=[FULL, EMPTY, PLATFORM])
    found = reader.parse_args(arguments)
    whole = Part()
    part = Part(found.words, found.face, found.language or whole.languages, found.width or whole.widths, found.data or whole.data)
    if not part.sights():
        reader.error("no page is like that")
    return part


def main() -> int:
    """Make the book; 1 when a page could not be shown."""
    began = perf_counter()
    part = asked(sys.argv[1:])
    with running_cluster() as cluster:
        taken = asyncio.run(make(cluster, part))
    (BOOK / "index.html").write_text(index(taken), encoding="utf-8")
    wrong = sorted({f"{one.sight} in {one.language}: {fault}" for one in taken for fault in one.faults})
    print(
        f"{len(taken)} pictures of {len({one.sight.subject.name for one in taken})} pages in {(perf_counter() - began) / 60:.1f} minutes:"
    )
    print(BOOK / "index.html", *wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
