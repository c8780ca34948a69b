"""What a file is, by its content; and pictures that no longer tell where they were taken."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image, ImageCms

from smilero_core.files.kinds import JPEG, PDF, PNG, TEXT, WEBP, XLSX, media_type
from smilero_core.files.pictures import drawn
from smilero_sdk.errors import Problem
from tests.support.pictures import BLUE, GPS, RED, jpeg, opened, png, webp


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


PICTURES = [(jpeg(), JPEG), (png(), PNG), (webp(), WEBP)]


@pytest.mark.parametrize(("picture", "kind"), PICTURES)
async def test_a_picture_is_drawn_anew_in_three_sizes_and_tells_nothing(picture: bytes, kind: str) -> None:
    assert GPS in picture
    made = await drawn(picture, kind)
    for size, content in made.content.items():
        assert GPS not in content
        assert media_type(content) == WEBP
        with opened(content) as shown:
            assert (dict(shown.getexif()), shown.info.get("xmp")) == ({}, None)
            assert max(shown.size) <= size.pixels


async def test_a_large_photo_comes_in_each_size_and_a_small_one_is_not_blown_up() -> None:
    made = await drawn(jpeg(1, (4000, 3000)), JPEG)
    assert (made.width, made.height) == (1600, 1200)
    assert {size.value: opened(content).size for size, content in made.content.items()} == {
        "small": (320, 240),
        "medium": (800, 600),
        "large": (1600, 1200),
    }
    small = await drawn(jpeg(1, (300, 200)), JPEG)
    assert {opened(content).size for content in small.content.values()} == {(300, 200)}


@pytest.mark.parametrize(
    ("orientation", "red", "blue"),
    [(1, (0.1, 0.5), (0.9, 0.5)), (3, (0.9, 0.5), (0.1, 0.5)), (6, (0.5, 0.1), (0.5, 0.9)), (8, (0.5, 0.9), (0.5, 0.1))],
)
async def test_it_stands_upright(orientation: int, red: tuple[float, float], blue: tuple[float, float]) -> None:
    made = await drawn(jpeg(orientation), JPEG)
    assert (made.width > made.height) is (orientation in {1, 3})
    for content in made.content.values():
        with opened(content).convert("RGB") as shown:
            assert near(shown, red, RED)
            assert near(shown, blue, BLUE)


def near(picture: Image.Image, place: tuple[float, float], colour: tuple[int, int, int]) -> bool:
    seen = picture.getpixel((int(place[0] * picture.width), int(place[1] * picture.height)))
    assert isinstance(seen, tuple)
    return all(abs(one - other) < 30 for one, other in zip(seen, colour, strict=True))


async def test_what_is_transparent_stays_so() -> None:
    for content in (await drawn(png(), PNG)).content.values():
        with opened(content) as shown:
            assert [shown.getpixel((100, 20 * row))[3] for row in (1, 9)] == [255, 0]  # type: ignore[index]  # RGBA


async def test_colours_of_another_profile_are_made_ours() -> None:
    out = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    Image.new("RGB", (40, 40), RED).save(out, "JPEG", icc_profile=profile)
    for content in (await drawn(out.getvalue(), JPEG)).content.values():
        assert "icc_profile" not in opened(content).info


@pytest.mark.parametrize(("picture", "kind"), PICTURES)
@pytest.mark.suite("B5")
async def test_what_is_cut_short_is_refused_or_clean(picture: bytes, kind: str) -> None:
    refused: list[str] = []
    for length in range(12, len(picture), max(1, len(picture) // 150)):
        try:
            made = await drawn(picture[:length], kind)
        except Problem as problem:
            refused.append(problem.code)
            continue
        assert not any(GPS in content for content in made.content.values())
    assert set(refused) == {"files.broken"}
    assert len(refused) > 100


@pytest.mark.suite("B5")
async def test_a_few_bytes_that_claim_to_be_a_huge_picture_are_refused_unread() -> None:
    for width in (60_000, 11_000, 6_000):
        with pytest.raises(Problem) as refused:
            await drawn(png_head(width), PNG)
        assert refused.value.code == "files.too_many_pixels"


def png_head(width: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    chunks = (struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
