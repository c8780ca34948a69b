"""What a file is, by its content; and pictures that no longer tell where they were taken."""

import io
import struct
import zipfile

import pytest

from smilero_core.files.cleaning import BrokenPictureError, cleaned
from smilero_core.files.kinds import JPEG, PDF, PNG, TEXT, WEBP, XLSX, media_type
from tests.support.pictures import GPS, jpeg, png, webp


def workbook(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (jpeg(), JPEG),
        (png(), PNG),
        (webp(), WEBP),
        (b"%PDF-1.7\n", PDF),
        (workbook("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        ("시장,점포\r\n모란,떡집\n".encode("utf-8-sig"), TEXT),
        (b"a < b and b > c\n", TEXT),
    ],
)
def test_kinds_that_are_taken(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\0", b"MZ\x90", b"\x7fELF", b"GIF89a\1\0", b"PK\x03\x04broken"),
        *(
            b"<html><script>alert(1)</script>",
            b"name,<SCRIPT src=x>\n",
            b"<?xml version='1.0'?>",
            b"\n <svg onload=alert(1)>",
            b"<!DOCTYPE x>",
        ),
        workbook("word/document.xml", "[Content_Types].xml"),
        workbook("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
        "시장".encode("cp949"),
    ],
)
def test_kinds_that_are_not(content: bytes) -> None:
    assert media_type(content) is None


@pytest.mark.parametrize(("picture", "kind"), [(jpeg(), JPEG), (png(), PNG), (webp(), WEBP)])
def test_where_it_was_taken_is_gone(picture: bytes, kind: str) -> None:
    assert GPS in picture
    clean = cleaned(picture, kind)
    assert GPS not in clean
    assert media_type(clean) == kind
    assert cleaned(clean, kind) == clean


def test_a_jpeg_keeps_what_it_looks_like() -> None:
    clean = cleaned(jpeg(orientation=6), JPEG)
    for kept in (b"JFIF\0", b"ICC_PROFILE\0\1\1colour", b"picture \xff\x00 one \xff\xd0 more", b"\xff\xd9" * 8, b"picture two\xff\xd9"):
        assert kept in clean
    assert clean.endswith(b"\xff\xd9")
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in clean
    assert b"Exif" not in cleaned(jpeg(orientation=1), JPEG)


def test_other_pictures_keep_theirs() -> None:
    assert [kind in cleaned(png(), PNG) for kind in (b"IHDR", b"IDAT", b"IEND")] == [True] * 3
    clean = cleaned(webp(), WEBP)
    assert b"VP8L\3\0\0\0odd\0" in clean
    assert struct.unpack_from("<I", clean, 4) == (len(clean) - 8,)
    assert clean[20] == 0b00100000


@pytest.mark.parametrize(("picture", "kind"), [(jpeg(), JPEG), (png(), PNG), (webp(), WEBP)])
def test_what_is_cut_short_is_refused_or_clean(picture: bytes, kind: str) -> None:
    for length in range(12, len(picture)):
        try:
            clean = cleaned(picture[:length], kind)
        except BrokenPictureError:
            continue
        assert GPS not in clean
