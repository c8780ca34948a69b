"""Files of plugins over HTTP, in a folder and in S3: stored before the transaction, kept by its row, gone with it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import boto3
import pytest
from httpx2 import Response
from moto.server import ThreadedMotoServer

from smilero_core.db.session import Session
from smilero_core.files.for_plugins import PATH_STEP
from smilero_core.files.store import FileStore
from smilero_core.files.sweep import sweep
from smilero_core.plugins.gate import switch
from smilero_sdk.services import PictureSize
from tests.support.album import ALBUM, OTHER, serving_albums
from tests.support.application import Site
from tests.support.faces import Guest, Town, new_town, sentence
from tests.support.pictures import GPS, jpeg, opened
from tests.support.waiting import until

AT_ONCE = timedelta(seconds=-60)
SIZES = len(PictureSize)


@dataclass(frozen=True)
class Albums:
    """The two plugins on for a foundation, and its merchant."""

    town: Town
    url: str
    store: FileStore
    merchant: Guest

    async def send(self, content: bytes, **fields: str) -> Response:
        return await send(self.merchant, content, **fields)

    async def kept(self, content: bytes, **fields: str) -> UUID:
        answer = await self.send(content, **fields)
        assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
        return UUID(urlsplit(answer.headers["location"]).path.rpartition("/")[2])

    async def path(self, file_id: UUID, size: str = "") -> str:
        answer = await self.merchant.get(f"/portal/{ALBUM}/photos/{file_id}?size={size}" if size else f"/portal/{ALBUM}/photos/{file_id}")
        assert answer.status_code == HTTPStatus.SEE_OTHER
        return answer.headers["location"]

    async def rows(self) -> int:
        count = await self.town.site.admin.fetchval("select count(*) from core.file where tenant_id = $1", self.town.foundation.id)
        return int(count)

    async def objects(self) -> int:
        return len(await self.store.older_than(f"{self.town.foundation.id}/", datetime.now(UTC) + timedelta(days=1)))


async def send(guest: Guest, content: bytes, *, name: str = "떡 사진.jpg", **fields: str) -> Response:
    data = {"title": "떡", "idempotency_key": str(uuid4()), **fields}
    files = {"photo": (name, content, "text/html")}
    return await guest.ask("POST", f"/portal/{ALBUM}/photos", data=data, files=files, headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    for variable, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "ap-northeast-2",
        "AWS_ENDPOINT": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(variable, value)
    name = f"smilero-{secrets.token_hex(4)}"
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="ap-northeast-2")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    client.close()
    yield f"s3://{name}/files"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
async def albums(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> AsyncIterator[Albums]:
    url = request.getfixturevalue("bucket") if request.param == "s3" else ""
    async with _albums(site, tmp_path, url) as made:
        yield made


@pytest.fixture
async def folder(site: Site, tmp_path: Path) -> AsyncIterator[Albums]:
    async with _albums(site, tmp_path, "") as made:
        yield made


@asynccontextmanager
async def _albums(site: Site, folder: Path, files_url: str) -> AsyncIterator[Albums]:
    town = await new_town(site)
    await _switch_on(town)
    async with serving_albums(site.settings, folder, files_url) as (url, store):
        merchant = await town.signed_in("merchant")
        merchant.url = url
        yield Albums(town, url, store, merchant)


async def _switch_on(town: Town) -> None:
    async with town.site.database.unit(town.foundation.id) as unit:
        for plugin in (ALBUM, OTHER):
            await switch(Session(unit), plugin, enabled=True)


async def test_a_picture_is_kept_and_shown_without_its_place(albums: Albums) -> None:
    file_id = await albums.kept(jpeg())
    path = await albums.path(file_id)
    stranger = replace(albums.merchant, cookies={})
    answer = await stranger.get(path)
    assert answer.status_code == HTTPStatus.OK
    assert GPS not in answer.content
    assert opened(answer.content).size == (480, 640)  # upright
    headers = answer.headers
    assert (headers["content-type"], headers["x-content-type-options"]) == ("image/webp", "nosniff")
    assert {"default-src 'none'", "sandbox"} <= {*headers["content-security-policy"].split("; ")}
    assert headers["content-disposition"] == "inline; filename*=UTF-8''%EB%96%A1%20%EC%82%AC%EC%A7%84.webp"
    again = await stranger.get(path, headers={"If-None-Match": headers["etag"]})
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert (await albums.rows(), await albums.objects()) == (1, SIZES)


async def test_a_picture_comes_as_small_as_it_is_asked_for(albums: Albums) -> None:
    file_id = await albums.kept(jpeg(1, (4000, 3000)))
    seen = {size: await albums.merchant.get(await albums.path(file_id, size)) for size in ("small", "medium", "large")}
    assert {size: opened(answer.content).width for size, answer in seen.items()} == {"small": 320, "medium": 800, "large": 1600}
    assert len({answer.headers["etag"] for answer in seen.values()}) == SIZES
    assert all(int(answer.headers["content-length"]) == len(answer.content) for answer in seen.values())
    assert (await albums.merchant.get(f"{await albums.path(file_id)}&size=huge")).status_code == HTTPStatus.NOT_FOUND


async def test_what_nobody_keeps_is_deleted(albums: Albums) -> None:
    assert (await albums.send(jpeg(), how="leave")).headers["location"] == "/none"
    assert (await albums.rows(), await albums.objects()) == (0, 0)


async def test_deleting_takes_the_row_and_then_the_object(albums: Albums) -> None:
    file_id = await albums.kept(jpeg())
    path = await albums.path(file_id)
    answer = await albums.merchant.post(f"/portal/{ALBUM}/delete", {"file_id": file_id}, key=str(uuid4()))
    assert answer.headers["location"] == "/gone"
    assert (await albums.rows(), await albums.objects()) == (0, 0)
    assert (await albums.merchant.get(path)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("how", ["refuse", "fail"])
async def test_an_orphan_of_a_lost_transaction_is_swept_and_nothing_else(albums: Albums, how: str) -> None:
    kept = await albums.kept(jpeg())
    assert (await albums.send(jpeg(), how=how)).status_code in {HTTPStatus.CONFLICT, HTTPStatus.INTERNAL_SERVER_ERROR}
    assert (await albums.rows(), await albums.objects()) == (1, 2 * SIZES)
    site, tenant = albums.town.site, albums.town.foundation.id
    assert await sweep(site.database, albums.store, tenant) == 0  # not before a day has passed
    assert await sweep(site.database, albums.store, tenant, AT_ONCE) == SIZES
    for size in ("small", "medium", "large"):
        assert (await albums.merchant.get(await albums.path(kept, size))).status_code == HTTPStatus.OK


async def test_the_same_form_again_is_kept_once(folder: Albums) -> None:
    key = str(uuid4())
    first, again = [await folder.send(jpeg(), idempotency_key=key) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    assert (await folder.rows(), await folder.objects()) == (1, SIZES)
    other = await folder.send(b"%PDF-1.7", idempotency_key=key)
    assert other.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"<html><script>alert(1)</script></html>", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (b"MZ\x90\x00", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (jpeg()[:40], HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (b"%PDF-" + bytes(11 * 1024 * 1024), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
)
@pytest.mark.suite("B5")
async def test_what_cannot_be_sent_is_told_and_leaves_nothing(folder: Albums, content: bytes, status: HTTPStatus) -> None:
    answer = await folder.send(content)
    assert answer.status_code == status
    assert len(sentence(answer)) > 10
    assert (await folder.rows(), await folder.objects()) == (0, 0)


async def test_nine_megabytes_may_come_where_files_may_and_one_elsewhere(folder: Albums) -> None:
    large = b"%PDF-" + bytes(9 * 1024 * 1024)
    path = await folder.path(await folder.kept(large))
    answer = await folder.merchant.get(path)
    assert answer.content == large
    assert answer.headers["content-disposition"].startswith("attachment;")
    refused = await folder.merchant.post(f"/portal/{ALBUM}/delete", {"file_id": "x" * 2_000_000}, key=str(uuid4()))
    assert refused.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def test_no_file_chosen_and_a_form_without_the_right_to_send(folder: Albums) -> None:
    assert (await folder.send(b"", name="")).headers["location"] == "/none"
    parts = {'"title"': "떡", '"idempotency_key"': str(uuid4()), '"photo"; filename=""': ""}
    body = "".join(f"--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n" for name, value in parts.items())
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=b"}
    as_browsers_do = await folder.merchant.ask("POST", f"/portal/{ALBUM}/photos", content=f"{body}--b--\r\n", headers=headers)
    assert as_browsers_do.headers["location"] == "/none"
    clerk = await folder.town.signed_in("clerk")
    clerk.url = folder.url
    assert (await send(clerk, jpeg())).status_code == HTTPStatus.FORBIDDEN
    assert (await folder.rows(), await folder.objects()) == (0, 0)


@pytest.mark.suite("A2")
async def test_a_file_is_for_its_tenant_and_its_plugin(folder: Albums) -> None:
    file_id = await folder.kept(jpeg())
    path = await folder.path(file_id)
    elsewhere = await new_town(folder.town.site)
    await _switch_on(elsewhere)
    stranger = await elsewhere.signed_in("merchant")
    stranger.url = folder.url
    refused = [
        await stranger.get(path),
        await stranger.get(f"/portal/{ALBUM}/photos/{file_id}"),
        await folder.merchant.get(f"/portal/{OTHER}/photos/{file_id}"),
        await folder.merchant.post(f"/portal/{OTHER}/delete", {"file_id": file_id}, key=str(uuid4())),
        await folder.merchant.get(f"/files/{uuid4()}"),
    ]
    assert [answer.status_code for answer in refused] == [HTTPStatus.NOT_FOUND] * len(refused)
    assert (await folder.merchant.get(path)).status_code == HTTPStatus.OK
    assert await folder.rows() == 1


async def test_an_address_is_good_only_as_it_was_made_and_for_a_while(folder: Albums) -> None:
    mine, other = await folder.kept(jpeg()), await folder.kept(jpeg(orientation=3))
    asked = parse_qs(urlsplit(await folder.path(mine)).query)
    step, tag = asked["until"][0], asked["tag"][0]
    assert 0 < int(step) * PATH_STEP.total_seconds() - datetime.now(UTC).timestamp() <= 600
    forged = [
        f"/files/{mine}",
        f"/files/{other}?until={step}&tag={tag}",
        f"/files/{mine}?until={int(step) + 1}&tag={tag}",
        f"/files/{mine}?until=1&tag={tag}",
        f"/files/{mine}?until=&tag=",
        f"/files/{mine}?until={step}&tag=한글",
    ]
    answers = [await folder.merchant.get(path) for path in forged]
    assert [answer.status_code for answer in answers] == [HTTPStatus.NOT_FOUND] * len(forged)
    public = await folder.kept(jpeg(), public="true")
    assert (await folder.merchant.get(f"/files/{public}")).status_code == HTTPStatus.OK


async def test_with_its_plugin_off_a_file_is_gone_and_back_with_it(folder: Albums) -> None:
    path = await folder.path(await folder.kept(jpeg(), public="true"))
    for enabled, status in ((False, HTTPStatus.NOT_FOUND), (True, HTTPStatus.OK)):
        async with folder.town.site.database.unit(folder.town.foundation.id) as unit:
            await switch(Session(unit), ALBUM, enabled=enabled)

        async def answers(status: HTTPStatus = status) -> bool:
            return (await folder.merchant.get(path)).status_code == status

        await until(answers)


async def test_a_sender_who_is_cut_off_leaves_nothing(folder: Albums) -> None:
    place = urlsplit(folder.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    cookie = "; ".join(f"{name}={value}" for name, value in folder.merchant.cookies.items())
    head = (
        f"POST /portal/{ALBUM}/photos HTTP/1.1\r\nHost: {folder.merchant.host}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 500000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    )
    writer.write(head.encode() + jpeg() + bytes(1000))
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await folder.merchant.get(f"/files/{uuid4()}")).status_code == HTTPStatus.NOT_FOUND
    assert (await folder.rows(), await folder.objects()) == (0, 0)
    assert await reader.read() == b""


async def test_a_store_that_cannot_be_written_to_says_so(folder: Albums, tmp_path: Path) -> None:
    (tmp_path / "files").rmdir() if (tmp_path / "files").exists() else None
    (tmp_path / "files").write_text("a file where the folder should be")
    answer = await folder.send(jpeg())
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert len(sentence(answer)) > 10
    assert await folder.rows() == 0
