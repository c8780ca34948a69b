"""Which files are taken, by their content alone: what the sender says of a file is not believed."""

import io
import zipfile
from typing import Final

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT: Final = "text/plain; charset=utf-8"

IMAGES: Final = frozenset({JPEG, PNG, WEBP})

# What a browser would take for a page or a drawing with scripts (WHATWG MIME Sniffing §7.1), wherever it stands in a text.
_MARKUP: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe", b"<?xml", b"<a ", b"<img")


def media_type(content: bytes) -> str | None:
    """JPEG, PNG, WebP, PDF, XLSX, or text (a CSV is one) in UTF-8; None for everything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return XLSX if _is_workbook(content) else None
    return TEXT if _is_text(content) else None


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError):
        return False
    # With macros it is another format, and no file of ours.
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names and "xl/vbaProject.bin" not in names


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    plain = all(character.isprintable() or character in "\t\r\n" for character in text)
    lowered = content.lower()
    return bool(content) and plain and not any(mark in lowered for mark in _MARKUP)
