"""Each operation exercised, and each of its answers held against the document: the success and every refusal that it can give.

That router and document agree both ways is in `tests/api/test_document.py`.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus

import pytest
from httpx2 import Response

from smilero_sdk.api import Idempotency
from smilero_sdk.limits import limit_of
from tests.access.requests import request_for
from tests.access.rights import HERE, RIGHTS
from tests.access.scene import PLATFORM, Answer, Ask, Scene, send, unknown
from tests.access.subjects import Subject, subjects
from tests.conftest import LookedAt
from tests.support.web import answer_faults, operation_of

pytestmark = pytest.mark.suite("B1")

OPERATIONS = {name: one for name, one in subjects().items() if one.operation is not None}
FLOOR = 20

each_operation = pytest.mark.parametrize("name", OPERATIONS)


def test_they_are_as_many_as_before(looked_at: LookedAt) -> None:
    looked_at("operations", list(OPERATIONS))
    assert len(OPERATIONS) >= FLOOR


@each_operation
async def test_each_answer_fits_its_schema(scenes: tuple[Scene, Scene], name: str) -> None:
    ours, _ = scenes
    subject, seen = OPERATIONS[name], dict[int, Answer]()
    async for ask, answer, status in asked(ours, subject):
        assert answer.status == status, (ask, answer)
        assert not faults(ours, subject, ask, answer)
        seen[status] = answer
    assert subject.operation is not None
    told = {int(status) for status in documented(ours, subject) if status != "default"}
    assert told - seen.keys() == unseen(subject)


def unseen(subject: Subject) -> set[int]:
    """What the document says besides, which no single request can bring about."""
    assert subject.operation is not None
    operation, found = subject.operation.operation, set[int]()
    if operation.body is None and not misread(subject):
        # It takes nothing that could be misread.
        found.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if operation.idempotency is not Idempotency.NONE:
        # Two at once with one key.
        found.add(HTTPStatus.CONFLICT)
    if operation.approval is not None:
        # Where the foundation wants a second person.
        found.add(HTTPStatus.ACCEPTED)
    if operation.permission is not None and not forbidden(subject):
        # Every role holds the permission.
        found.add(HTTPStatus.FORBIDDEN)
    if limit_of(operation.handler):
        # So many before it that one more is too many.
        found.add(HTTPStatus.TOO_MANY_REQUESTS)
    return found


def misread(subject: Subject) -> list[str]:
    """The parameters of the query that do not take just any text."""
    assert subject.operation is not None
    query = subject.operation.operation.query
    return [name for name, one in query.model_fields.items() if one.annotation is not str] if query else []


def forbidden(subject: Subject) -> list[str]:
    """The roles that lack the permission."""
    rights = RIGHTS[subject.name]
    return sorted(HERE - rights.may - rights.hidden)


async def asked(ours: Scene, subject: Subject) -> AsyncIterator[tuple[Ask, Answer, int]]:
    """Requests with what they must be answered: each but the first differs from a good one in one thing."""
    assert subject.operation is not None
    operation, rights = subject.operation.operation, RIGHTS[subject.name]
    asker = min(rights.may - {"anonymous"})
    known = ours.credentials(asker, api=True)
    host = ours.foundation.host

    async def at(ask: Ask, status: int, *, host: str = host, known: dict[str, str] = known) -> tuple[Ask, Answer, int]:
        return ask, await send(ours, ask, (subject.method, subject.path), host=host, credentials=known), status

    good = await request_for(subject, ours, asker)
    yield await at(good, operation.status)
    yield await at(good, HTTPStatus.UNAUTHORIZED, known={"Authorization": "Bearer nobody"})
    yield await at(good, HTTPStatus.NOT_FOUND, host=PLATFORM)
    if "anonymous" not in rights.may:
        yield await at(good, HTTPStatus.UNAUTHORIZED, known={})
    for who in forbidden(subject):
        yield await at(good, HTTPStatus.FORBIDDEN, known=ours.credentials(who, api=True))
    for parameter in operation.parameters:
        yield await at(replace(good, ids={**good.ids, parameter: unknown(parameter, good.ids)}), HTTPStatus.NOT_FOUND)
    for parameter in misread(subject):
        yield await at(replace(good, query={**good.query, parameter: "rubbish"}), HTTPStatus.UNPROCESSABLE_ENTITY)
    if operation.body is not None:
        yield await at(replace(good, body={}), HTTPStatus.UNPROCESSABLE_ENTITY)
        yield await at(replace(good, headers={"Content-Type": "text/plain"}), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if operation.idempotency is not Idempotency.NONE:
        yield await at(replace(good, headers={"Idempotency-Key": "x" * 300}), HTTPStatus.BAD_REQUEST)


def documented(ours: Scene, subject: Subject) -> dict[str, object]:
    """The answers that the document has for an operation."""
    told = operation_of(ours.site.document, subject.method, subject.path.format_map(ours.ids))
    assert told is not None, f"{subject.name} is not in the document"
    return dict(told["responses"])


def faults(ours: Scene, subject: Subject, ask: Ask, answer: Answer) -> list[str]:
    """What of an answer the document does not say."""
    kind = {"content-type": answer.headers.get("content-type", "")}
    came = Response(answer.status, headers=kind, content=answer.text.encode())
    return answer_faults(ours.site.document, subject.method, subject.path.format_map(ask.ids), came)
