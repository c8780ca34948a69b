"""A PDF as the typesetter writes it, read back: its pages in millimetres, its text, and the modules of its QR codes."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\b(.*?)endobj", re.DOTALL)
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(|ET\b")
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_STROKE = re.compile(rb"(\d+) (\d+)\.5 m (\d+) \2\.5 l")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MM = 25.4 / 72
# Modules of quiet zone around a code.
_QUIET = 4


@dataclass(frozen=True)
class Page:
    """One page: its size in whole millimetres, its text in the order in which it was set, its codes as rows of dark modules."""

    size: tuple[int, int]
    text: str
    codes: tuple[list[list[bool]], ...]


@dataclass(frozen=True)
class Pdf:
    """A document.

    Attributes:
        language, title: what it says of itself.
        tagged: whether it can be heard.
    """

    pages: tuple[Page, ...]
    language: str
    title: str
    tagged: bool

    @property
    def text(self) -> str:
        """Of all pages."""
        return " ".join(page.text for page in self.pages)


def read_pdf(data: bytes) -> Pdf:
    """Read one. AssertionError for what is none."""
    assert data.startswith(b"%PDF-1."), data[:40]
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    catalog = next(body for body in objects.values() if b"/Type/Catalog" in body)
    language = re.search(rb"/Lang\(([\w-]+)\)", catalog)
    about = next(body for body in objects.values() if b"/Creator(Typst" in body)
    title = re.search(rb"/Title(?:<FEFF([0-9A-F]+)>|\(([^)]*)\))", about)
    return Pdf(
        tuple(_page(body, objects) for body in pages),
        language[1].decode() if language else "",
        _spoken(title),
        b"/MarkInfo<</Marked true" in catalog,
    )


def _spoken(title: re.Match[bytes] | None) -> str:
    if title is None:
        return ""
    return bytes.fromhex(title[1].decode()).decode("utf-16-be") if title[1] else title[2].decode()


def _page(body: bytes, objects: Mapping[int, bytes]) -> Page:
    box = re.search(rb"/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]", body)
    assert box
    content = _stream(objects[_reference(body, b"Contents")])
    fonts = {name: _letters(objects[int(font)], objects) for name, font in _fonts(body, objects)}
    size = (round(float(box[1]) * _MM), round(float(box[2]) * _MM))
    return Page(size, " ".join("".join(_said(content, fonts)).split()), tuple(_codes(content)))


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found, name
    return int(found[1])


def _fonts(page: bytes, objects: Mapping[int, bytes]) -> list[tuple[bytes, bytes]]:
    resources = objects[_reference(page, b"Resources")]
    found = re.search(rb"/Font<<(.*?)>>", resources, re.DOTALL)
    return re.findall(rb"/(f\d+) (\d+) 0 R", found[1]) if found else []


def _letters(font: bytes, objects: Mapping[int, bytes]) -> dict[bytes, str]:
    table = _stream(objects[_reference(font, b"ToUnicode")])
    return {
        bytes.fromhex(glyph.decode()): bytes.fromhex(text.decode()).decode("utf-16-be")
        for glyph, text in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    }


def _stream(body: bytes) -> bytes:
    start = body.index(b"stream") + len(b"stream")
    return zlib.decompressobj().decompress(body[start:].lstrip(b"\r\n"))


def _said(content: bytes, fonts: Mapping[bytes, Mapping[bytes, str]]) -> Iterator[str]:
    font, place = dict[bytes, str](), 0
    while shown := _SHOWN.search(content, place):
        place = shown.end()
        if shown[1]:
            font = dict(fonts[shown[1]])
        elif shown[0] == b"ET":
            yield " "
        else:
            end = _end_of_string(content, place)
            glyphs = _ESCAPE.sub(_unescaped, content[place : end - 1])
            yield "".join(font.get(glyphs[one : one + 2], "\N{REPLACEMENT CHARACTER}") for one in range(0, len(glyphs), 2))
            place = end


def _end_of_string(content: bytes, start: int) -> int:
    """Behind the bracket that closes a string; brackets inside stand in pairs or are escaped (ISO 32000-1, 7.3.4.2)."""
    depth, place = 1, start
    while depth:
        found = _IN_STRING.search(content, place)
        assert found
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        place = found.end()
    return place


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)]) if found[1][:1].isdigit() else _LETTERS.get(found[1], found[1])


def _codes(content: bytes) -> Iterator[list[list[bool]]]:
    """What is drawn as strokes along the middle of rows of modules; a picture's alternative stands before each."""
    for picture in content.split(b"/Alt<")[1:]:
        strokes = [tuple(map(int, one)) for one in _STROKE.findall(picture.partition(b"EMC")[0])]
        side = max(end for _, _, end in strokes) + _QUIET
        rows = [[False] * side for _ in range(side)]
        for first, row, end in strokes:
            rows[row][first:end] = [True] * (end - first)
        yield rows
