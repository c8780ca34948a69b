"""Pictures without what they tell of their maker: a phone writes into each where it was taken.

Nothing is drawn anew, so nothing is lost: whole segments are left out. A JPEG's orientation stays, or it would lie on its side.
Sources: ITU T.81 Annex B and CIPA DC-008 (JPEG, EXIF), W3C PNG §5 and §11.3, RFC 9649 (WebP).
"""

import struct

from smilero_core.files.kinds import JPEG, PNG, WEBP

_MARK = 0xFF
_WITHOUT_LENGTH = frozenset(range(0xD0, 0xDA)) | {0x01}
_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT, _SCAN, _END = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE, 0xDA, 0xD9
# JFIF, colour profile and Adobe's colour transform change how the picture looks; all other APPn tell of it.
_LOOKS = frozenset({_APP0, _APP2, _APP14})
_ORIENTATION = 0x0112
_ORIENTATIONS = range(2, 9)
_PNG_HEAD = 8
_PNG_TELLS = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"})
_WEBP_HEAD = 12
_WEBP_TELLS = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0b00001100


class BrokenPictureError(ValueError):
    """It begins like a picture and is none."""


def cleaned(content: bytes, media_type: str) -> bytes:
    """The content to keep. Raises BrokenPictureError."""
    clean = {JPEG: _jpeg, PNG: _png, WEBP: _webp}.get(media_type)
    try:
        return clean(content) if clean else content
    except (struct.error, IndexError) as error:
        raise BrokenPictureError from error


def _jpeg(content: bytes) -> bytes:
    kept, place, orientation = [content[:2]], 2, 1
    while True:
        marker, end = _segment(content, place)
        segment = content[place:end]
        if marker == _APP1 and segment[4:10] == b"Exif\0\0":
            orientation = _orientation(segment[10:])
        if _looks(marker, segment):
            kept.append(segment)
        place = end
        if marker == _SCAN:
            break
    if orientation in _ORIENTATIONS:
        kept.insert(1, _turned(orientation))
    return b"".join((*kept, _scans(content[place:])))


def _segment(content: bytes, place: int) -> tuple[int, int]:
    """The marker that stands at a place, and where its segment ends."""
    if content[place] != _MARK:
        raise BrokenPictureError
    marker = content[place + 1]
    if marker == _MARK:  # a fill byte
        return marker, place + 1
    if marker in _WITHOUT_LENGTH:
        return marker, place + 2
    (length,) = struct.unpack_from(">H", content, place + 2)
    if length < 2 or place + 2 + length > len(content):  # noqa: PLR2004 - a length counts its own two bytes
        raise BrokenPictureError
    return marker, place + 2 + length


def _looks(marker: int, segment: bytes) -> bool:
    """Whether a segment changes how the picture looks. An APP2 is a colour profile, or tells of further pictures in the file."""
    if marker == _APP2:
        return segment[4:16] == b"ICC_PROFILE\0"
    return marker in _LOOKS or not (_APP0 <= marker <= _APP15 or marker == _COMMENT)


def _scans(rest: bytes) -> bytes:
    """Up to the end of the picture: phones append previews, depth and films behind it."""
    kept: list[bytes] = []
    begun = place = 0
    while (place := rest.find(b"\xff", place)) >= 0:
        if rest[place + 1] == 0:  # a byte of the picture
            place += 2
            continue
        marker, end = _segment(rest, place)
        if marker == _END:
            return b"".join((*kept, rest[begun:end]))
        if not _looks(marker, rest[place:end]):
            kept.append(rest[begun:place])
            begun = end
        place = end
    raise BrokenPictureError


def _orientation(exif: bytes) -> int:
    """1 to 8; 1, upright, where it is not told, or not told rightly."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2], "")
    try:
        (directory,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, directory)
        found = (struct.unpack_from(f"{order}HHIH", exif, directory + 2 + 12 * number) for number in range(entries))
        return next((value for tag, _, _, value in found if tag == _ORIENTATION), 1)
    except struct.error:
        return 1


def _turned(orientation: int) -> bytes:
    """An EXIF segment that says how the picture lies, and nothing else."""
    exif = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _png(content: bytes) -> bytes:
    kept, place = [content[:_PNG_HEAD]], _PNG_HEAD
    while True:
        length, kind = struct.unpack_from(">I4s", content, place)
        chunk = content[place : place + 12 + length]
        if len(chunk) != 12 + length:
            raise BrokenPictureError
        place += len(chunk)
        if kind not in _PNG_TELLS:
            kept.append(chunk)
        if kind == b"IEND":
            return b"".join(kept)


def _webp(content: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", content, 4)
    kept, place, end = [], _WEBP_HEAD, min(len(content), size + 8)
    while place < end:
        kind, length = struct.unpack_from("<4sI", content, place)
        chunk = bytearray(content[place : place + 8 + length + length % 2])
        if not chunk[8:] and length:
            raise BrokenPictureError
        place += 8 + length + length % 2
        if kind == b"VP8X":
            chunk[8] &= ~_WEBP_FLAGS & 0xFF
        if kind not in _WEBP_TELLS:
            kept.append(bytes(chunk))
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
