"""Pictures drawn anew: upright, in sRGB, in three sizes of WebP, and without anything that a phone wrote into them.

Limits come first: a few kilobytes may claim to be a picture of a billion pixels.
"""

import asyncio
import io
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from PIL import Image, ImageCms, ImageOps

from smilero_core.files.kinds import JPEG, PNG, WEBP
from smilero_sdk.errors import Problem
from smilero_sdk.services import PictureSize

_FORMATS: Final[Mapping[str, str]] = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
# A JPEG is decoded at the size that is needed (ITU T.81, scaled DCT), everything else whole: 25 million pixels are 100 MB.
_MOST_PIXELS: Final[Mapping[str, int]] = {JPEG: 108_000_000, PNG: 25_000_000, WEBP: 25_000_000}
_QUALITY = 80
# Each takes a core for a few tenths of a second, and up to 200 MB.
_AT_ONCE = asyncio.Semaphore(2)
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True)
class Drawn:
    """A picture as it is kept.

    Attributes:
        width, height: pixels of the large one.
        content: WebP by size.
    """

    width: int
    height: int
    content: Mapping[PictureSize, bytes]


async def drawn(content: bytes, media_type: str) -> Drawn:
    """The picture in every size. Raises `files.broken` (415), `files.too_many_pixels` (413)."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_draw, content, media_type)


def _draw(content: bytes, media_type: str) -> Drawn:
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[media_type]]) as opened:
            if opened.width * opened.height > _MOST_PIXELS[media_type]:
                raise _too_many()
            large = _upright(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many() from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:  # what Pillow's readers raise of a broken file
        raise Problem("files.broken", HTTPStatus.UNSUPPORTED_MEDIA_TYPE) from error
    return Drawn(large.width, large.height, {size: _webp(large, size) for size in PictureSize})


def _upright(opened: Image.Image) -> Image.Image:
    """The large picture: turned as its EXIF says, in sRGB. An animation is its first frame."""
    longest = PictureSize.LARGE.pixels
    opened.draft(None, (longest, longest))
    picture = _in_srgb(ImageOps.exif_transpose(opened))
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return picture


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile and picture.mode in {"RGB", "CMYK"}:
        # A profile that cannot be read says nothing of the colours.
        with suppress(ImageCms.PyCMSError, OSError):
            converted = ImageCms.profileToProfile(picture, io.BytesIO(profile), _SRGB, outputMode="RGB")
            return converted or picture
    return picture.convert(mode)


def _webp(large: Image.Image, size: PictureSize) -> bytes:
    picture = large.copy()
    picture.thumbnail((size.pixels, size.pixels), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()


def _too_many() -> Problem:
    return Problem("files.too_many_pixels", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
