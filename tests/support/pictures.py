"""Pictures as phones make them, byte by byte: with where they were taken."""

import struct
import zlib

GPS = b"37.4345N 127.1298E"


def jpeg(orientation: int = 6) -> bytes:
    """JFIF, EXIF with orientation and place, XMP, IPTC, a comment, a colour profile, two scans, and a film behind the end."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0) + GPS
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xE1, b"Exif\0\0" + tiff),
            _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + GPS),
            _segment(0xED, b"Photoshop 3.0\0" + GPS),
            _segment(0xE2, b"ICC_PROFILE\0\1\1colour"),
            _segment(0xE2, b"MPF\0" + GPS),
            _segment(0xFE, GPS),
            _segment(0xDB, bytes(65)),
            _segment(0xC2, b"\x08\0\1\0\1\1\1\x11\0"),
            _segment(0xDA, b"\1\1\0\0\0\0"),
            b"picture \xff\x00 one \xff\xd0 more",
            _segment(0xC4, b"\0" + b"\xff\xd9" * 8),
            _segment(0xE1, b"Exif\0\0" + GPS),
            _segment(0xDA, b"\1\1\0\0\0\0"),
            b"picture two",
            b"\xff\xd9",
            b"ftypmp42" + GPS,
        )
    )


def png() -> bytes:
    """One pixel, with EXIF and a text."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"eXIf", b"MM\0*" + GPS), (b"tEXt", b"Place\0" + GPS), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def webp() -> bytes:
    """Extended, with EXIF and XMP."""
    chunks = ((b"VP8X", bytes((0b00101100, *bytes(9)))), (b"VP8L", b"odd"), (b"EXIF", b"MM\0*" + GPS), (b"XMP ", GPS))
    body = b"WEBP" + b"".join(kind + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for kind, part in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
