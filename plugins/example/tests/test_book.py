"""The guest book by its pages, its API and its webhook."""

import hashlib
import hmac
import json
from http import HTTPStatus
from uuid import UUID

import pytest
from httpx2 import Response

from smilero_core.db.session import Session
from smilero_core.plugins.chosen import ChosenSettings
from smilero_example.settings import BookSettings, ShopBookSettings
from smilero_sdk.ids import uuid7
from smilero_sdk.settings import Settings
from tests.support.faces import Town
from tests.support.waiting import until

SECRET = "rice cake"  # noqa: S105 - a test's
LIST = "/api/v1/example/greetings"


async def choose(town: Town, chosen: Settings, shop_id: UUID | None = None) -> None:
    """As the console keeps a choice; a process knows it within two seconds."""
    async with town.site.database.unit(town.foundation.id) as unit:
        await ChosenSettings(town.vault, town.foundation.id, "example").keep(Session(unit), shop_id, chosen)


async def write(town: Town, text: str, who: str = "customer", shop: UUID | None = None) -> Response:
    path = f"/api/v1/example/books/{shop or town.foundation.shop}/greetings"
    return await town.site.caller(town.foundation, who).post(path, {"text": text})


async def greetings(town: Town, who: str = "owner") -> list[str]:
    return [one["text"] for one in (await town.site.caller(town.foundation, who).get(LIST)).json()["items"]]


async def from_outside(town: Town, body: bytes, signature: str | None = None) -> Response:
    signed = signature if signature is not None else hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return await town.site.caller(town.foundation).ask(
        "POST", "/webhooks/example/form", content=body, headers={"X-Signature": signed.encode()}
    )


def outside(town: Town, text: str, name: str = "form-1") -> bytes:
    return json.dumps({"id": name, "shop_id": str(town.foundation.shop), "text": text}).encode()


class TestBook:
    async def test_from_the_customer_to_the_merchant_and_back(self, town: Town) -> None:
        book = f"/example/books/{town.foundation.shop}"
        customer, merchant = await town.signed_in("customer"), await town.signed_in("merchant")
        await choose(town, ShopBookSettings(welcome="어서 오세요"), town.foundation.shop)
        assert (await town.guest().post(book, {"text": "x"}, key="k")).headers["location"].startswith("/sign-in")
        assert (await customer.post(book, {"text": "떡이 <b>맛있어요"}, key="k")).headers["location"] == book
        shown = (await town.guest().get(book)).text
        assert "떡이 &lt;b&gt;맛있어요" in shown
        assert "어서 오세요" in shown
        assert "고마워해요" not in shown
        home = (await merchant.get("/portal")).text
        assert "답을 기다려요" in home
        page = (await merchant.get("/portal/example/greetings")).text
        action = page.partition('action="')[2].partition('"')[0]
        assert (await merchant.post(action, {}, key="t")).status_code == HTTPStatus.SEE_OTHER
        assert "고마워해요" in (await town.guest().get(book)).text
        assert "고마워해요" in (await town.guest().get(f"/storefront/shops/{town.foundation.shop}")).text
        assert "답을 기다려요" not in (await merchant.get("/portal")).text

    async def test_a_merchant_sees_and_thanks_the_own_shop_s_only(self, town: Town) -> None:
        answer = await write(town, "또 올게요")
        assert await greetings(town, "merchant") == ["또 올게요"]
        assert await greetings(town, "other merchant") == []
        assert "또 올게요" not in (await (await town.signed_in("other merchant")).get("/portal/example/greetings")).text
        other = await town.site.caller(town.foundation, "other merchant").post(f"{LIST}/{answer.json()['id']}/thanks")
        assert other.status_code == HTTPStatus.NOT_FOUND

    async def test_hidden_it_is_nowhere_and_on_record(self, town: Town) -> None:
        greeting = (await write(town, "험한 말")).json()["id"]
        owner = await town.signed_in("owner")
        assert "험한 말" in (await owner.get("/console/example/greetings")).text
        hidden = await owner.post(f"/console/example/greetings/{greeting}/hide", {}, key="h")
        assert hidden.status_code == HTTPStatus.SEE_OTHER
        guest = town.guest()
        for path in (f"/example/books/{town.foundation.shop}", f"/storefront/shops/{town.foundation.shop}"):
            assert "험한 말" not in (await guest.get(path)).text
        assert await greetings(town) == []
        assert "험한 말" not in (await town.site.caller(town.foundation, "owner").get("/api/v1/search?q=험한")).text.replace(
            '"q":"험한"', ""
        )
        entry = await town.site.admin.fetchrow(
            "select sentence, subject_id from core.audit_entry where tenant_id = $1 and plugin = 'example'", town.foundation.id
        )
        assert entry is not None
        assert (entry["sentence"], str(entry["subject_id"])) == ("example.audit.hidden", greeting)

    @pytest.mark.parametrize(("text", "code"), [("가" * 101, "example.too_long"), (" \u3000 ", "http.invalid")])
    async def test_what_is_too_long_or_nothing_is_refused(self, town: Town, text: str, code: str) -> None:
        answer = await write(town, text)
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, code)

    async def test_a_customer_writes_so_often_a_day(self, town: Town) -> None:
        await choose(town, BookSettings(per_day=2))

        async def chosen() -> bool:
            return (await write(town, "한마디")).status_code == HTTPStatus.CONFLICT

        await until(chosen)
        assert (await write(town, "한마디", "other customer")).status_code == HTTPStatus.CREATED

    async def test_the_front_page_is_its_own_only_by_choice(self, town: Town) -> None:
        await write(town, "앞에 보일 말")
        assert "앞에 보일 말" not in (await town.guest().get("/")).text
        await choose(town, BookSettings(front_page=True))

        async def is_in_front() -> bool:
            return "앞에 보일 말" in (await town.guest().get("/")).text

        await until(is_in_front)

    @pytest.mark.parametrize(
        ("language", "none"),
        [("en", "No greetings yet"), ("vi", "Chưa có lời nhắn nào"), ("uk", "Записів ще немає"), ("zh", "还没有留言")],
    )
    async def test_it_is_read_in_every_language(self, town: Town, language: str, none: str) -> None:
        guest = town.guest()
        guest.language = language
        text = (await guest.get(f"/example/books/{town.foundation.shop}")).text
        assert f'<html lang="{language}"' in text
        assert none in text

    async def test_a_sheet_a_figure_and_a_hit_of_it(self, town: Town) -> None:
        await write(town, "호떡이 최고")
        owner = town.site.caller(town.foundation, "owner")
        sheet = await (await town.signed_in("merchant")).get("/portal/print/example/book")
        assert "한마디 남겨 주세요" in sheet.text
        figures = [one for one in (await owner.get("/api/v1/measures")).json()["values"] if one["plugin"] == "example"]
        assert {(one["measure"], one["value"], one["shop_id"]) for one in figures} == {
            ("greetings", 1, str(town.foundation.shop)),
            ("writers", 1, str(town.foundation.shop)),
        }
        for who, path in (("owner", "/console/example/greetings"), (None, f"/example/books/{town.foundation.shop}")):
            found = (await town.site.caller(town.foundation, who).get("/api/v1/search?q=ㅎㄸㅇ")).json()["groups"]
            assert [(hit["title"], hit["url"]) for group in found for hit in group["hits"]] == [("호떡이 최고", path)]


class TestWebhook:
    async def test_signed_it_is_in_the_book_once_however_often_it_comes(self, town: Town) -> None:
        await choose(town, BookSettings(form_secret=SECRET))  # type: ignore[arg-type]  # pydantic makes the secret of it
        body = outside(town, "밖에서 왔어요")

        async def taken() -> bool:
            return (await from_outside(town, body)).status_code == HTTPStatus.NO_CONTENT

        await until(taken)
        assert (await from_outside(town, body)).status_code == HTTPStatus.NO_CONTENT
        assert await greetings(town) == ["밖에서 왔어요"]
        for wrong in ("", "0" * 64, "한글", hmac.new(b"", body, hashlib.sha256).hexdigest()):
            answer = await from_outside(town, outside(town, "거짓", "form-2"), wrong)
            assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNAUTHORIZED, "example.signature")
        for broken in (b"", b"[]", b'{"id": "x"}', outside(town, "x" * 301, "form-3"), outside(town, "긴" * 101, "form-4")):
            assert (await from_outside(town, broken)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        unknown = json.dumps({"id": "form-5", "shop_id": str(uuid7()), "text": "x"}).encode()
        assert (await from_outside(town, unknown)).status_code == HTTPStatus.NOT_FOUND
        assert await greetings(town) == ["밖에서 왔어요"]

    async def test_without_a_secret_nothing_is_taken(self, town: Town) -> None:
        body = outside(town, "아무나")
        for signature in ("", hmac.new(b"", body, hashlib.sha256).hexdigest()):
            assert (await from_outside(town, body, signature)).status_code == HTTPStatus.UNAUTHORIZED
        assert await greetings(town) == []

    async def test_a_secret_lies_sealed(self, town: Town) -> None:
        await choose(town, BookSettings(form_secret=SECRET))  # type: ignore[arg-type]  # pydantic makes the secret of it
        stored = await town.site.admin.fetchval(
            "select chosen::text from core.plugin_setting where tenant_id = $1 and plugin = 'example'", town.foundation.id
        )
        assert SECRET not in stored
