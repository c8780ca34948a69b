"""Styles, scripts and drawings come as the build compressed them."""

import gzip
from http import HTTPStatus

import pytest

from smilero_web.templating import read_manifest
from tests.support.faces import Town

TYPES = {"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "icons.svg": "image/svg+xml"}


@pytest.mark.parametrize("name", TYPES)
async def test_they_are_sent_in_what_the_browser_reads_smallest(settled: Town, name: str) -> None:
    guest, path = settled.guest(), f"/static/dist/{read_manifest()[name]}"
    sizes = {}
    for accepted, coding in {
        "identity": None,
        "gzip, deflate": "gzip",
        "gzip, deflate, br, zstd": "br",
        "br;q=0, gzip": "gzip",
    }.items():
        async with guest.http.stream("GET", guest.url + path, headers={"Host": guest.host, "Accept-Encoding": accepted}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
            assert (answer.status_code, answer.headers.get("content-encoding")) == (HTTPStatus.OK, coding), accepted
            assert answer.headers["content-type"] == TYPES[name]
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert "Accept-Encoding" in answer.headers["vary"]
            assert len(raw) == int(answer.headers["content-length"])
        sizes[accepted] = raw
    plain = sizes["identity"]
    assert gzip.decompress(sizes["gzip, deflate"]) == plain
    assert len(sizes["gzip, deflate, br, zstd"]) < len(sizes["gzip, deflate"]) < len(plain) / 2


async def test_a_file_that_is_kept_is_not_sent_again(settled: Town) -> None:
    guest, path = settled.guest(), f"/static/dist/{read_manifest()['app.css']}"
    first = await guest.get(path, headers={"Accept-Encoding": "br"})
    again = await guest.get(path, headers={"Accept-Encoding": "br", "If-None-Match": first.headers["etag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    other = await guest.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    assert other.status_code == HTTPStatus.OK
