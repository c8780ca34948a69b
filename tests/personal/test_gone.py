"""Somebody who leaves: handed over whole, then erased in tables, files and redis, but for what a law keeps, which is named."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from random import randint
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.identity.people import NewPerson, People
from smilero_core.identity.sessions import open_session
from smilero_core.plugins.gate import switch
from smilero_core.plugins.host import PluginHost
from smilero_sdk.ids import uuid7
from smilero_sdk.roles import Role
from tests.conftest import LookedAt
from tests.personal.traces import Everywhere
from tests.support.album import ALBUM, OTHER, serving_albums
from tests.support.application import Site
from tests.support.browser import chromium
from tests.support.faces import SESSION, Guest, Town, new_town, sentence
from tests.support.pictures import jpeg


@dataclass(frozen=True)
class Somebody:
    """A merchant who has done everything that one can do; nobody else in the database is called so.

    Attributes:
        mark: what a picture of hers shows.
        traces: by which one could be recognised.
    """

    town: Town
    id: UUID
    name: str
    phone: str
    text: str
    mark: str
    guest: Guest
    everywhere: Everywhere
    traces: list[str]


@pytest.fixture
async def somebody(site: Site, tmp_path: Path) -> AsyncIterator[Somebody]:
    town, plugins, mark = await new_town(site), PluginHost.discover().plugins.values(), uuid4().hex[:10]
    name, phone, text = f"남궁{mark[:5]}", f"010-{randint(2000, 9999)}-{randint(0, 9999):04}", f"두부가 고소해서 또 올게요 {mark}"  # noqa: S311 - no secret
    async with serving_albums(site.settings, tmp_path, redis_url=site.redis_url, beside=[*plugins]) as (url, _):
        async with site.database.unit(town.foundation.id) as unit:
            session = Session(unit)
            for plugin in (ALBUM, OTHER):
                await switch(session, plugin, enabled=True)
            roles = ((Role.CUSTOMER, None), (Role.MERCHANT, town.foundation.shop))
            [person] = await People(session, town.foundation.id, town.vault).ensure([NewPerson(phone, name, roles)])
            guest = town.guest(url=url)
            guest.cookies[SESSION] = await open_session(session, person)
        row = await site.admin.fetchrow("select * from core.person where id = $1", person)
        assert row
        sealed = [row[name].hex() for name in ("phone_sealed", "phone_index", "phone_tail_index")]
        plain = phone.replace("-", "")
        traces = [name, phone, plain, f"+82{plain[1:]}", text, mark, *sealed]
        made = Somebody(town, person, name, phone, text, mark, guest, Everywhere(site.admin, tmp_path, site.redis_url), traces)
        await live(made)
        yield made


async def live(made: Somebody) -> None:
    """Write, send a picture, ask for a code, be invited, leave a job waiting, and be named in a failure and in a kept answer."""
    town, guest, person = made.town, made.guest, made.id
    answer = await guest.post(f"/example/books/{town.foundation.shop}", {"text": made.text}, key=str(uuid4()))
    assert answer.status_code == HTTPStatus.SEE_OTHER, sentence(answer)
    # A picture is drawn anew: nothing of its bytes is hers. A text is.
    for name, content in ((f"{made.name}.jpg", jpeg()), (f"{made.name}.txt", made.mark.encode())):
        form, files = {"title": "떡", "idempotency_key": str(uuid4())}, {"photo": (name, content, "")}
        sent = await guest.ask("POST", f"/portal/{ALBUM}/photos", data=form, files=files, headers={"Sec-Fetch-Site": "same-origin"})
        assert sent.status_code == HTTPStatus.SEE_OTHER, sentence(sent)
    assert (await town.ask_code(town.guest(url=guest.url), made.phone)).status_code == HTTPStatus.SEE_OTHER
    staff = await town.signed_in("staff")
    staff.url = guest.url
    shop = f"/console/shops/{town.foundation.other_shop}/people"
    assert (await staff.post(shop, {"phone": made.phone, "name": made.name, "role": "clerk"})).status_code == HTTPStatus.SEE_OTHER
    admin, tenant = town.site.admin, town.foundation.id
    await admin.execute(
        "insert into core.plugin_failure (tenant_id, id, plugin, hook, error, trace) values ($1, $2, 'coupons', 'h', $3, $4)",
        *(tenant, uuid7(), f"no {made.name}", f"at {made.phone}"),
    )
    await admin.execute(
        """insert into core.job (tenant_id, id, plugin, kind, name, payload, run_at, asked_by, asked_as)
           values ($1, $2, 'example', 'job', 'later', jsonb_build_object('text', $3::text), now() + interval '1 day', $4, 'customer')""",
        *(tenant, uuid7(), made.text, person),
    )
    await admin.execute(
        """insert into core.idempotency (tenant_id, id, caller, operation, key, request_hash, status, content_type, body)
           values ($1, $2, 'customer:' || $3::text, 'x', 'k', '', 200, '', convert_to($4, 'utf8'))""",
        *(tenant, uuid7(), str(person), made.name),
    )


async def hand_over(somebody: Somebody) -> None:
    """Be a clerk where one was the merchant."""
    await somebody.town.site.admin.execute(
        "update core.membership set role = 'clerk' where person_id = $1 and role = 'merchant'", somebody.id
    )


async def erased(somebody: Somebody, path: str = "/portal/me/erase") -> Response:
    return await somebody.guest.post(path, {"sure": "yes"})


async def test_after_the_erasure_nothing_is_found_anywhere(somebody: Somebody, looked_at: LookedAt) -> None:
    everywhere = somebody.everywhere
    before = await everywhere.found(somebody.traces)
    looked_at("traces before", before)
    looked_at("tables", await everywhere.tables())
    looked_at("files", everywhere.files())
    looked_at("keys of redis", await everywhere.keys())
    assert {one.partition(":")[0].partition(" ")[0] for one in before} >= {
        *("core.person", "core.message", "core.sign_in_code", "core.invitation", "core.job", "core.idempotency", "core.plugin_failure"),
        *("core.file", "plugin_example.greeting", "files", "redis"),
    }
    await hand_over(somebody)
    answer = await erased(somebody)
    assert answer.status_code == HTTPStatus.OK, sentence(answer)
    assert "접속기록" in sentence(answer)
    assert await everywhere.found(somebody.traces) == []
    assert [path for path in everywhere.files() if str(somebody.town.foundation.id) in str(path)] == []
    # What is left knows the person by a number of ours alone: the tables are named, and these alone.
    left = {one.partition(":")[0] for one in await everywhere.found([str(somebody.id)])}
    looked_at("tables that know the id alone", left)
    assert left == {*KEEPS_THE_ID}


# Rows that others count or refer to, without anything that would lead from the id to somebody.
KEEPS_THE_ID = (
    *("core.person", "core.membership", "core.session"),
    *("core.audit_entry",),  # the law: 개인정보의 안전성 확보조치 기준 제8조
)


async def test_whoever_is_erased_is_out_everywhere(somebody: Somebody) -> None:
    await hand_over(somebody)
    other = somebody.town.guest(url=somebody.guest.url)
    async with somebody.town.site.database.unit(somebody.town.foundation.id) as unit:
        other.cookies[SESSION] = await open_session(Session(unit), somebody.id)
    assert (await other.get("/portal")).status_code == HTTPStatus.OK
    answer = await erased(somebody)
    assert somebody.guest.cookies[SESSION] in ("", '""')
    assert answer.headers["cache-control"] == "no-store"
    for guest in (other, somebody.guest):
        assert (await guest.get("/portal")).status_code == HTTPStatus.SEE_OTHER
        assert (await guest.post("/portal/me/export")).status_code == HTTPStatus.SEE_OTHER


async def test_plugins_that_are_off_forget_too(somebody: Somebody) -> None:
    await hand_over(somebody)
    async with somebody.town.site.database.unit(somebody.town.foundation.id) as unit:
        for plugin in ("example", "coupons", ALBUM):
            await switch(Session(unit), plugin, enabled=False)
    assert (await erased(somebody)).status_code == HTTPStatus.OK
    assert await somebody.everywhere.found(somebody.traces) == []


@pytest.mark.parametrize("form", [{}, {"sure": "no"}], ids=str)
async def test_without_a_clear_yes_nothing_is_erased(somebody: Somebody, form: dict[str, str]) -> None:
    before = await somebody.everywhere.found(somebody.traces)
    await hand_over(somebody)
    answer = await somebody.guest.post("/portal/me/erase", form)
    assert "모두 지울까요?" in sentence(answer)
    assert await somebody.everywhere.found(somebody.traces) == before


async def test_who_runs_a_shop_hands_it_over_first(somebody: Somebody) -> None:
    before = await somebody.everywhere.found(somebody.traces)
    answer = await erased(somebody)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "맡고 있어 지울 수 없습니다" in sentence(answer)
    assert await somebody.everywhere.found(somebody.traces) == before


async def test_an_export_is_whole_and_opens_by_double_click(somebody: Somebody, tmp_path: Path, looked_at: LookedAt) -> None:
    answer = await somebody.guest.post("/portal/me/export")
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "application/zip")
    folder = tmp_path / "unpacked"
    with ZipFile(BytesIO(answer.content)) as source:
        assert source.testzip() is None
        source.extractall(folder)
    said = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    looked_at("sections", said)
    whole = json.dumps(said, ensure_ascii=False)
    for words in (somebody.name, somebody.phone, somebody.text, f"{somebody.name}.webp", "인증번호"):
        assert words in whole
    asked: list[str] = []
    complaints: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        address = (folder / "index.html").as_uri()
        await page.goto(address)
        text = await page.inner_text("body")
        assert await page.evaluate("document.scripts.length + document.querySelectorAll('link, img, iframe').length") == 0
    for words in (somebody.name, somebody.phone, somebody.text, "내 정보"):
        assert words in text
    assert (asked, complaints) == ([address], [])
    entries = await somebody.town.site.admin.fetch(
        "select actor_id, sentence from core.audit_entry where subject_id = $1 and sentence like 'person.%'", somebody.id
    )
    assert [(row["actor_id"], row["sentence"]) for row in entries] == [(somebody.id, "person.audit.exported_own")]


async def test_a_customer_has_the_same_two_buttons(somebody: Somebody) -> None:
    await somebody.town.site.admin.execute(
        "update core.membership set ended_at = now() where person_id = $1 and role = 'merchant'", somebody.id
    )
    page = await somebody.guest.get("/me")
    assert all(words in sentence(page) for words in (somebody.name, somebody.phone[-4:], "내 정보 받기", "모두 지우기"))
    assert somebody.phone not in page.text
    assert (await somebody.guest.post("/me/export")).headers["content-type"] == "application/zip"
    assert (await erased(somebody, "/me/erase")).status_code == HTTPStatus.OK
    assert await somebody.everywhere.found(somebody.traces) == []
