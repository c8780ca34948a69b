"""Papers set as PDF by Typst, with fonts of our own and none of the machine's.

What a paper may be bounds how long it takes, as Typst cannot be stopped halfway. So rows, slips and texts are counted and cut before it
begins; the largest list that is allowed takes seconds (`docs/decisions/0035-paper.md` has the figures).
"""

import asyncio
import io
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from http import HTTPStatus
from pathlib import Path

import segno
import typst

from smilero_sdk.errors import Problem
from smilero_sdk.papers import MOST_CELLS, MOST_ROWS, MOST_SLIPS, Paper, Roll, Slips, Stand
from smilero_tenants.papers.glyphs import GAP, letters, written

PDF = "application/pdf"
_FORMS = Path(__file__).parent / "forms"
_FILES: dict[type[Paper], str] = {Stand: "stand.typ", Roll: "roll.typ", Slips: "slips.typ"}
# At once in a process; the others wait in turn, but not for ever.
_AT_ONCE, _PATIENCE = 2, 20.0
_LONGEST, _LONGEST_CELL, _MOST_LINES = 120, 160, 6
_SPOKEN = 6


@dataclass(frozen=True)
class Look:
    """In whose name a paper is.

    Attributes:
        name, seal, colour: the foundation's; the colour as #rrggbb.
        shop, place: of the shop that is worked for; empty for none.
        made: when, as it is told.
        gap: what a list says of itself where the font lacks letters of it.
        code: what a QR code is, for those who hear the paper.
        origin: scheme and host, for codes that lead to a page.
    """

    name: str
    seal: str
    colour: str
    shop: str
    place: str
    made: str
    gap: str
    code: str
    language: str
    origin: str


class Typesetter:
    """Sets papers.

    Args:
        fonts: a folder of Pretendard's OTFs.
        patience: how many seconds a paper waits for its turn.
    """

    def __init__(self, fonts: Path, patience: float = _PATIENCE) -> None:
        self._folder = fonts
        self._patience = patience
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def pdf(self, paper: Paper, look: Look) -> bytes:
        """The paper as tagged PDF. No transaction may be open.

        Raises `papers.too_long` (422), `papers.busy` (503) when others were before it for too long.
        """
        require_short(paper)
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            raise Problem("papers.busy", HTTPStatus.SERVICE_UNAVAILABLE) from None
        work = asyncio.ensure_future(asyncio.to_thread(self.set, paper, look))
        # The turn ends with the work, and not with somebody who waits for it no longer.
        work.add_done_callback(lambda _: self._turns.release())
        return await asyncio.shield(work)

    def set(self, paper: Paper, look: Look) -> bytes:
        """The same at once, in this thread."""
        has = letters(self._folder / "Pretendard-Regular.otf")
        written_paper, missing = _written(paper, partial(written, has=has))
        shown = {name: written(text, has, _LONGEST)[0] for name, text in asdict(replace(look, gap=look.gap if missing else "")).items()}
        said = {"look": shown, "paper": asdict(written_paper), **_codes(paper, look.origin)}
        compiler = typst.Compiler(
            str(_FORMS / _FILES[type(paper)]), root=str(_FORMS), font_paths=self._fonts, sys_inputs={"said": json.dumps(said)}
        )
        made = compiler.compile(format="pdf")
        if not isinstance(made, bytes):
            msg = "a PDF is one file"
            raise TypeError(msg)
        return made

    @cached_property
    def _fonts(self) -> typst.Fonts:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[self._folder])


def require_short(paper: Paper) -> None:
    """Raises `papers.too_long` (422)."""
    if isinstance(paper, Roll):
        require_rows(len(paper.rows), len(paper.columns))
    elif isinstance(paper, Slips) and len(paper.numbers) > MOST_SLIPS:
        raise Problem("papers.too_long", HTTPStatus.UNPROCESSABLE_ENTITY, most=MOST_SLIPS)


def require_rows(count: int, columns: int) -> None:
    """Raises `papers.too_long` (422) for a list of so many rows."""
    most = min(MOST_ROWS, MOST_CELLS // columns)
    if count > most:
        raise Problem("papers.too_long", HTTPStatus.UNPROCESSABLE_ENTITY, most=most)


def _written(paper: Paper, write: Callable[..., tuple[str, bool]]) -> tuple[Paper, bool]:
    """The paper with texts that can be set, and whether a list lacks letters.

    On a sheet for customers such a letter is better left out than marked; a list must not look as if nothing were missing.
    """
    instead = GAP if isinstance(paper, Roll) else ""
    missing = False

    def line(text: str, longest: int = _LONGEST) -> str:
        nonlocal missing
        made, lacks = write(text, longest=longest, instead=instead)
        missing = missing or lacks
        return made

    paper = replace(paper, title=line(paper.title), lines=tuple(line(one) for one in paper.lines[:_MOST_LINES]))
    if isinstance(paper, Roll):
        columns = tuple(replace(one, title=line(one.title)) for one in paper.columns)
        rows = tuple(tuple(line(cell, _LONGEST_CELL) for cell in row) for row in paper.rows)
        return replace(paper, columns=columns, rows=rows), missing
    if isinstance(paper, Slips):
        return replace(paper, numbers=tuple(_spoken(line(one)) for one in paper.numbers)), False
    return paper, False


def _spoken(number: str) -> str:
    """Six digits in two groups, as people say them."""
    return f"{number[:3]} {number[3:]}" if len(number) == _SPOKEN and number.isdecimal() else number


def _codes(paper: Paper, origin: str) -> dict[str, object]:
    if isinstance(paper, Stand):
        return {"code": None if paper.path is None else _code(_address(paper.path, origin))}
    if isinstance(paper, Slips):
        path = paper.path or "{number}"
        return {"codes": [_code(_address(path.replace("{number}", number), origin)) for number in paper.numbers]}
    return {}


def _address(path: str, origin: str) -> str:
    return origin + path if path.startswith("/") else path


def _code(text: str) -> str:
    """A QR code as SVG, up to 15 % of which may be dirty or torn, with its quiet zone of four modules."""
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", border=4)
    return drawing.getvalue().decode()
