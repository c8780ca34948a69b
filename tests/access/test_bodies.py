"""What is no body of ours, or far too much of one: told what is wrong, never a failure, and nothing written (check B5)."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from pydantic import BaseModel

from smilero_web.testhost.samples import sample_of
from tests.access.requests import request_for
from tests.access.rights import RIGHTS
from tests.access.scene import Scene
from tests.access.subjects import subjects
from tests.access.test_matrix import at, written
from tests.conftest import LookedAt
from tests.support.application import Site

pytestmark = pytest.mark.suite("B5")

FLOOR, COMMANDS_FLOOR = 3, 34
DEEP = 10_000
TAKING = {name: one for name, one in subjects().items() if one.operation is not None and one.operation.operation.body is not None}
COMMANDS = {name: one for name, one in subjects().items() if one.method == "POST" and not one.path.startswith(("/api/", "/webhooks/"))}
JSON, FORM = {"Content-Type": "application/json"}, {"Content-Type": "application/x-www-form-urlencoded"}


def broken(model: type[BaseModel], good: Mapping[str, object]) -> Iterator[tuple[str, bytes]]:
    """Contents that the model refuses, whatever it is."""
    told = json.dumps(good)
    first = next(iter(sample_of(model)))
    yield "nothing", b""
    yield "no object", b"[]"
    yield "cut off", told[:-1].encode()
    yield "two", (told + told).encode()
    yield "no UTF-8", told.encode()[:-1] + b', "x": "\xff\xfe"}'
    yield "UTF-16", told.encode("utf-16")
    yield "deep lists", b"[" * DEEP + b"]" * DEEP
    yield "deep objects", b'{"a":' * DEEP + b"1" + b"}" * DEEP
    for value in (
        "[" * DEEP + "]" * DEEP,
        "1e400",
        "-1e400",
        "9" * 5_000,
        "NaN",
        "-Infinity",
        '"\\ud800"',
        '"\\u0000"',
        "{}",
        "true",
        "-0",
    ):
        yield f"{first}: {value[:20]}", json.dumps({**good, first: "@"}).replace('"@"', value).encode()
    yield "a field of its own", json.dumps({**good, "__proto__": {"x": 1}}).encode()
    yield "ten thousand fields", json.dumps({**good, **{f"f{number}": 1 for number in range(DEEP)}}).encode()
    yield "twice", (told[:-1] + f', "{first}": {{}}}}').encode()


@pytest.mark.parametrize("name", TAKING)
async def test_no_json_makes_us_fail(site: Site, scenes: tuple[Scene, Scene], name: str) -> None:
    ours, _ = scenes
    subject, who = TAKING[name], min(RIGHTS[name].may - {"anonymous"})
    ask = await request_for(subject, ours, who)
    assert subject.operation is not None
    model = subject.operation.operation.body
    assert model is not None
    assert ask.body is not None
    before = await written(site)
    for what, content in broken(model, ask.body):
        sent = replace(ask, body=None, content=content, headers={**ask.headers, **JSON})
        answer = await at(ours, subject, sent, who)
        assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY, (what, answer)
        assert json.loads(answer.text)["code"] == "http.invalid", (what, answer)
        assert len(answer.text) < DEEP, what
    assert await written(site) == before
    assert (await at(ours, subject, ask, who)).outcome == "done"


@pytest.mark.parametrize("name", COMMANDS)
async def test_no_form_makes_us_fail(scenes: tuple[Scene, Scene], name: str) -> None:
    ours, _ = scenes
    subject, who = COMMANDS[name], min(RIGHTS[name].may - {"operator"})
    ask = await request_for(subject, ours, who)
    many = [(f"f{number}", "x") for number in range(DEEP)]
    field = next(iter(ask.form or {}), "text")
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{one}"\r\n\r\nx\r\n' for one, _ in many)
    file = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="x"\r\n\r\nx\r\n--b--\r\n'
    contents: list[tuple[bytes, Mapping[str, str]]] = [
        (urlencode([*(ask.form or {}).items(), *many]).encode(), FORM),
        (urlencode([(field, "x")] * DEEP).encode(), FORM),
        (b"&=;%" * DEEP, FORM),
        (b"\xff\xfe\x00" * DEEP, FORM),
        (f"{parts}--b--\r\n".encode(), {"Content-Type": "multipart/form-data; boundary=b"}),
        (file.encode(), {"Content-Type": "multipart/form-data; boundary=b"}),
        (b"no part", {"Content-Type": "multipart/form-data"}),
        (b"--b\r\nContent-Disposition", {"Content-Type": "multipart/form-data; boundary=b"}),
        (b"{}", JSON),
    ]
    for content, kind in contents:
        answer = await at(ours, subject, replace(ask, form=None, content=content, headers={**ask.headers, **kind}), who)
        assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (content[:60], kind, answer)


@pytest.mark.parametrize("declared", [True, False])
async def test_too_much_is_told_whether_it_was_announced_or_not(site: Site, scenes: tuple[Scene, Scene], *, declared: bool) -> None:
    ours, _ = scenes
    content = b"x" * (1024 * 1024 + 1)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    known = ours.credentials("merchant", api=True)
    for path, headers in {"/sign-in": FORM, "/api/v1/coupons/redemptions": {**JSON, **known}}.items():
        answer = await site.http.post(
            site.servers[0].url + path,
            content=content if declared else pieces(),
            headers={"Host": ours.foundation.host, "Sec-Fetch-Site": "same-origin", "Idempotency-Key": "k", **headers},
        )
        assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_they_are_as_many_as_before(looked_at: LookedAt) -> None:
    looked_at("operations that take a body", list(TAKING))
    looked_at("commands that take a form", list(COMMANDS))
    assert len(TAKING) >= FLOOR
    assert len(COMMANDS) >= COMMANDS_FLOOR
