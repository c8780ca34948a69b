"""A photo as a phone takes it, sent by the field that plugins use, in Chromium: small and upright when it arrives."""

import io
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from smilero_core.db.session import Session
from smilero_core.plugins.gate import switch
from tests.support.album import ALBUM, serving_albums
from tests.support.application import Site
from tests.support.browser import PHONE, chromium
from tests.support.faces import SESSION, Guest, new_town

SIDE = 1600
RED, BLUE = (200, 20, 20), (20, 20, 200)
_ORIENTATION, _GPS = 0x0112, 0x8825


def photo(orientation: int) -> bytes:
    """Twelve million pixels, held sideways: upright, red is above and blue below. With where it was taken."""
    upright = Image.new("RGB", (3000, 4000), BLUE)
    upright.paste(RED, (0, 0, 3000, 2000))
    # Grain, as of a dark stall: what cannot be pressed into little.
    upright.paste(Image.frombytes("RGB", (2000, 2000), secrets.token_bytes(2000 * 2000 * 3)), (600, 1000))
    turned = {1: upright, 6: upright.transpose(Image.Transpose.ROTATE_90), 3: upright.transpose(Image.Transpose.ROTATE_180)}[orientation]
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    exif.get_ifd(_GPS)[1] = "N"
    written = io.BytesIO()
    turned.save(written, "JPEG", quality=95, exif=exif)
    return written.getvalue()


class Album:
    """The page with the field, and what the server kept."""

    def __init__(self, page: Page, url: str, merchant: Guest, files: Path) -> None:
        self.page = page
        self.url = url
        self._merchant = merchant
        self._files = files

    async def open(self) -> None:
        await self.page.goto(f"{self.url}/portal/{ALBUM}/send")

    async def choose(self, content: bytes, name: str = "cake.jpg") -> None:
        (self._files / name).write_bytes(content)
        await self.page.locator("[name=photo]").set_input_files(self._files / name)

    async def sent(self) -> str:
        """Where the answer leads once it was sent."""
        async with self.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            await self.page.locator(".main-action").click()
        return (await (await answered.value).header_value("location")) or ""

    async def kept(self, location: str) -> Image.Image:
        """The picture that arrived."""
        file_id = urlsplit(location).path.rpartition("/")[2]
        found = await self._merchant.get(f"/portal/{ALBUM}/photos/{file_id}")
        return Image.open(io.BytesIO((await self._merchant.get(found.headers["location"])).content))


@pytest.fixture
async def album(site: Site, tmp_path: Path) -> AsyncIterator[Album]:
    """A merchant's phone at a foundation that has the album."""
    town = await new_town(site)
    async with site.database.unit(town.foundation.id) as unit:
        await switch(Session(unit), ALBUM, enabled=True)
    complaints: list[str] = []
    async with serving_albums(site.settings, tmp_path) as (address, _), chromium() as browser:
        url = f"http://{town.foundation.host}:{urlsplit(address).port}"
        context = await browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="ko-KR")
        guest = await town.signed_in("merchant")
        guest.url = address
        await context.add_cookies(
            [{"name": SESSION, "value": guest.cookies[SESSION], "url": url.replace("http:", "https:"), "secure": True}]
        )
        context.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
        yield Album(await context.new_page(), url, guest, tmp_path)
    # Violations of the content security policy are errors of the console; the answers lead nowhere here.
    assert [one for one in complaints if "404" not in one] == []


@pytest.mark.parametrize("orientation", [6, 3, 1])
async def test_a_large_photo_arrives_small_and_upright_without_its_place(album: Album, orientation: int) -> None:
    taken = photo(orientation)
    assert len(taken) > 2_000_000
    await album.open()
    await album.choose(taken)
    await expect(album.page.locator("[data-photo-said=ready]")).to_be_visible()
    kept = await album.kept(await album.sent())
    assert kept.size == (SIDE * 3 // 4, SIDE)
    above, below = [kept.convert("RGB").getpixel((100, y)) for y in (100, SIDE - 100)]
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert (above[0] > above[2], below[2] > below[0]) == (True, True)
    assert kept.getexif().get(_ORIENTATION, 1) == 1
    assert not kept.getexif().get_ifd(_GPS)


async def test_sent_at_once_it_waits_until_it_is_small(album: Album) -> None:
    await album.open()
    await album.choose(photo(6))
    location = await album.sent()
    assert max((await album.kept(location)).size) == SIDE


async def test_what_the_phone_cannot_make_smaller_goes_as_it_is(album: Album) -> None:
    taken = photo(1)
    await album.page.add_init_script("window.createImageBitmap = () => Promise.reject(new DOMException('no memory'))")
    await album.open()
    await album.choose(taken)
    await expect(album.page.locator("[data-photo-said=whole]")).to_be_visible()
    # What comes whole is made small here.
    assert (await album.kept(await album.sent())).size == (1200, 1600)
