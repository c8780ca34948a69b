"""Draws the picture that goes with a shared address: the foundation's colour and seal, where, who, what, until when."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from smilero_sdk.showing import Card
from smilero_tenants.faces.head import HEIGHT, WIDTH

_EDGE = 72
_WHITE, _INK = "#ffffff", "#1e2124"
# Large letters are read on a ground of at least this contrast (WCAG 2.2, 1.4.3).
_READABLE = 3.0
_SEAL = 108
# Largest and smallest size of each text, and how many lines it may have.
_TITLE, _LINE, _SMALL = (116, 52, 3), (84, 44, 2), (40, 30, 1)
_LEADING = 1.22
_COLOURS = 128
_MORE = "\u2026"

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class Look:
    """Whose picture it is; `colour` as `#rrggbb`."""

    name: str
    seal: str
    colour: str

    @property
    def on_colour(self) -> str:
        """The colour of letters on the foundation's own."""
        return _WHITE if _contrast_to_white(self.colour) >= _READABLE else _INK

    @property
    def on_white(self) -> str:
        """The foundation's own, if it is read on white."""
        return self.colour if _contrast_to_white(self.colour) >= _READABLE else _INK


def draw(card: Card, look: Look, fonts: Path) -> bytes:
    """A PNG of 1200 by 630 px. Some tens of milliseconds of work: call it in a thread.

    Args:
        fonts: the folder with Pretendard-Bold.otf.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), look.colour)
    pen, font = ImageDraw.Draw(image), sizes_of(fonts / "Pretendard-Bold.otf")
    _head(pen, font, card, look)
    foot = HEIGHT - _EDGE
    if card.line:
        foot = _slip(pen, font, card, look)
    elif card.note:
        foot = _below(pen, font, card.note, look)
    top = _EDGE + _SEAL + 28
    title = _fitted(font, card.title or look.name, WIDTH - 2 * _EDGE, foot - top - 24, _TITLE)
    _write(pen, title, top + (foot - 24 - top - title.height) // 2, look.on_colour)
    made = io.BytesIO()
    # Two colours and what lies between them.
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


@dataclass(frozen=True)
class Text:
    """Lines that fit."""

    font: Font
    lines: list[str]

    @property
    def height(self) -> int:
        """In px."""
        return int(len(self.lines) * self.font.size * _LEADING)


def sizes_of(path: Path) -> Callable[[int], Font]:
    """The font in any size."""
    return lambda size: _font(path, size)


@cache
def _font(path: Path, size: int) -> Font:
    return ImageFont.truetype(path, size)


def _head(pen: ImageDraw.ImageDraw, font: Callable[[int], Font], card: Card, look: Look) -> None:
    """The seal, the foundation and the market."""
    pen.rounded_rectangle((_EDGE, _EDGE, _EDGE + _SEAL, _EDGE + _SEAL), 28, fill=_WHITE)
    middle = _EDGE + _SEAL // 2
    pen.text((middle, middle), look.seal, look.on_white, font(64), anchor="mm")
    left, room = _EDGE + _SEAL + 28, WIDTH - 2 * _EDGE - _SEAL - 28
    lines = [line for line in dict.fromkeys((card.place, look.name)) if line]
    for number, line in enumerate(lines):
        fitted = _fitted(font, line, room, 54, _SMALL)
        height = middle if len(lines) == 1 else middle + (number * 2 - 1) * 27
        pen.text((left, height), fitted.lines[0], look.on_colour, fitted.font, anchor="lm")


def _slip(pen: ImageDraw.ImageDraw, font: Callable[[int], Font], card: Card, look: Look) -> int:
    """What is to be had, on white like a slip of paper, with until when. Returns its upper edge."""
    line = _fitted(font, card.line, WIDTH - 2 * _EDGE - 80, 190, _LINE)
    note = _fitted(font, card.note, WIDTH - 2 * _EDGE - 80, 50, _SMALL) if card.note else None
    height = line.height + (note.height if note else 0) + 56
    top = HEIGHT - _EDGE - height + 24
    pen.rounded_rectangle((_EDGE, top, WIDTH - _EDGE, top + height), 32, fill=_WHITE)
    _write(pen, line, top + 28, look.on_white, left=_EDGE + 40)
    if note:
        _write(pen, note, top + 28 + line.height, _INK, left=_EDGE + 40)
    return top


def _below(pen: ImageDraw.ImageDraw, font: Callable[[int], Font], note: str, look: Look) -> int:
    text = _fitted(font, note, WIDTH - 2 * _EDGE, 54, _SMALL)
    top = HEIGHT - _EDGE - text.height
    _write(pen, text, top, look.on_colour)
    return top


def _write(pen: ImageDraw.ImageDraw, text: Text, top: int, colour: str, left: int = _EDGE) -> None:
    for number, line in enumerate(text.lines):
        pen.text((left, top + int(number * text.font.size * _LEADING)), line, colour, text.font)


def _fitted(font: Callable[[int], Font], words: str, width: int, height: int, sizes: tuple[int, int, int]) -> Text:
    """The largest size in which the words fit; in the smallest they are cut."""
    largest, smallest, most = sizes
    words = _writable(font(smallest), words)
    for size in range(largest, smallest, -4):
        text = Text(font(size), _wrapped(font(size), words, width))
        if len(text.lines) <= most and text.height <= height:
            return text
    lines = _wrapped(font(smallest), words, width)
    if len(lines) > most:
        last = lines[most - 1]
        while last and font(smallest).getlength(last + _MORE) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last + _MORE]
    return Text(font(smallest), lines or [""])


def _wrapped(font: Font, words: str, width: int) -> list[str]:
    """Broken at spaces, and within a word only where it is wider than the line."""
    lines = [""]
    for word in words.split():
        joined = f"{lines[-1]} {word}".strip()
        if font.getlength(joined) <= width:
            lines[-1] = joined
            continue
        lines += [word] if lines[-1] else []
        if not lines[-1]:
            lines[-1] = word
        while font.getlength(lines[-1]) > width:
            cut = next(n for n in range(len(lines[-1]) - 1, 0, -1) if n == 1 or font.getlength(lines[-1][:n]) <= width)
            lines[-1:] = [lines[-1][:cut], lines[-1][cut:]]
    return lines


def _writable(font: Font, words: str) -> str:
    """Without the letters that the font does not have: better left out than a box."""
    return " ".join("".join(sign for sign in words if sign.isspace() or _has(font, sign)).split())


def _contrast_to_white(colour: str) -> float:
    """1 to 21 (WCAG 2.2, “contrast ratio”)."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]  # noqa: PLR2004 - the standard's own
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _has(font: Font, sign: str) -> bool:
    return bytes(font.getmask(sign)) != bytes(font.getmask("\uffff"))
