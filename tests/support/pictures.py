"""Pictures as phones make them: turned, and with where they were taken."""

import io
from functools import cache

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

GPS = b"37.4345N 127.1298E"
RED, BLUE = (220, 30, 30), (30, 30, 220)
_PLACE, _ORIENTATION, _ARTIST = 0x8825, 0x0112, 0x013B


@cache
def jpeg(orientation: int = 6, size: tuple[int, int] = (640, 480)) -> bytes:
    """Red on its left and blue on its right as it is stored, with EXIF (orientation, place, maker), a comment, a film behind the end."""
    out = io.BytesIO()
    _halves(size).save(out, "JPEG", quality=90, exif=_exif(orientation), comment=GPS)
    return out.getvalue() + b"ftypmp42" + GPS


@cache
def png() -> bytes:
    """A drawing, transparent below, with EXIF and a text."""
    text = PngInfo()
    text.add_text("Place", GPS.decode())
    drawing = _halves((200, 200)).convert("RGBA")
    drawing.paste((0, 0, 0, 0), (0, 100, 200, 200))
    out = io.BytesIO()
    drawing.save(out, "PNG", exif=_exif(1), pnginfo=text)
    return out.getvalue()


@cache
def webp() -> bytes:
    """A photo, with EXIF and XMP."""
    out = io.BytesIO()
    _halves((200, 100)).save(out, "WEBP", exif=_exif(1), xmp=GPS)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """A picture to be looked at."""
    return Image.open(io.BytesIO(content))


def _halves(size: tuple[int, int]) -> Image.Image:
    width, height = size
    made = Image.new("RGB", size, BLUE)
    ImageDraw.Draw(made).rectangle((0, 0, width // 2 - 1, height), fill=RED)
    return made


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_ARTIST] = orientation, GPS.decode()
    exif.get_ifd(_PLACE).update({1: "N", 2: (37.0, 26.0, 4.2), 29: GPS.decode()})
    return exif
